"""A brand to check templates with, and to take pictures of."""

from base64 import b64decode

from mailgateway.desk.letters.brand import Brand, Logo
from mailgateway.desk.model import StoredFile
from mailgateway.mail.model import Attachment

_LOGO = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAOwAAABABAMAAADrI4ayAAAAMFBMVEVHcEwLa10La10La10La10La10La10La10La10La10La13///+y0Msp"
    "fXFgn5bm8O6OfbyIAAAACnRSTlMAqD2KahHny1IogffOjgAAA7VJREFUWMPtmb9v00AUx920hpgpVqFQT12KAlOKqiJlahE/M6WoAsTUghia"
    "KR06kClQhEyntANDJ9IUm56AfyAFdlr4AwDBzo+/AJC49+7s8zl260r+wZC32H62v5/c3XvvzhdF6VvfErTrM7p+fDxlaH6EoC0006TO1Qg3"
    "61J61FnisROp9XDNi7VS6mfVIJK1q6lgTxOf3UmDmiM9NpYC9mwvdjOTxqbR3BtB2HuJY40gbDuuJDHNJ8E5SwKtGdsIdqL3cWy9HIo1grHt"
    "ZLGqIH3d2/slrqqJYodczs8utY/u5XSi2CMO5ksX7YNzPZ8odpVTXv1m2HefuOOFd+FRPINBb5oQ4EXTbNHRWTcfVt0c0YoteA496FCL4xKW"
    "S/gj6luX29+emFKv0Mu7VHYQNaiSrSgzDZgiR7lyrkHsprJG32oxh0Z1RwXWlXDMmWl3HeyOM+v6JqgtetaAqkkzbltR+FMlplyBB3KgtSgc"
    "kPscKyTkQH7dde27L5TzgvAU8tlAPe7cYq3Hc0TZHsemg/VIyPPAS4F975sNNuj5UgMHm77eybP+J9aSTp1WlUmcxA4awdfQAW9YDtYjIefP"
    "Z4F948sgA1ZXtANpO5QyIZcJWaZn52hnqGVoOFCWcfYswbMldCxiC5sc65VAG+CMHwL7lrsK7jDA0xVs/k28w0Jj3TQrDqUFiWhjswroGMOf"
    "WGBYSULC7grsjoyFTjVNs4wjo7mRkTecp1hkD6D/NiF17oDzeYaVJCJiB926VeBpDke1QTzYNgrRCDrGsW1WiJ4zrCxxWGydF7WW5z2nH8Gx"
    "LbCQNEfB48PWw7F/9sNW+BFjUzf2wwa1tn5wSJXcWLd1tBLPtw7DL4sI6sHysX3GbkoSERNIc6qq5q4JWJg2ER6MhVqz6rZckohaLhpshXNr"
    "hOXwY1x5YFRCNZSxTiRTt1rj2dWRJaIWR/qr7clH56HmDLlVijrbF43QkCL21SmUYDc9EpGngkHh2ADVMvQ/6+1aGNbyFOyOJBF94iszh439"
    "1oJKtcmKu7UaGskGzwUe1a7EgdO8+B7JocbCGK9EGk4AdIjJ/dBI7gzxasaxrsRhFjXqysTwBXpcYxnwQNdpgKwMX1NmdX1a0XT9FB12Xaef"
    "4wPwBKLmJiYhONhNIZHgEi50bZzsgjUKNoHleSRs/B8jkbDxf3pFwsb/oRkNG/tntZM0/+UmQkZbJlltEGW0HZbV5l9GW51ZbexmtY1NwzmT"
    "TXv+F8Vk2n9R9K1vMdg/KFklQ8B4zJUAAAAASUVORK5CYII="
)
BRAND = Brand(
    name="Example Ltd",
    colour="#0b6b5d",
    website="https://www.example.com",
    footer={"": "1 Mill Lane, London EC1A 1AA"},
    logo=Logo(Attachment("logo.png", "image/png", _LOGO, inline=True, content_id="logo@example.com"), 118, 32),
)
SIGNATURE = "Anna Kowalska\nHardware, Example support\nMon to Fri 8:00 to 18:00"
PICTURE = StoredFile("front flap.png", "image/png", 1_088, "3" * 64, inline=True, content_id="picture@example.com")
