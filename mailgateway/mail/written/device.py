"""The line that phones and mail programs put under a mail ("Sent from my iPhone", "Get Outlook for iOS"), in the
languages people have them set to. It says "sent" and names a device or a program: a parcel is sent as well.

It is for the caller to see that it stands at the end.
"""

import re

_LONGEST = 200
_LINK = re.compile(r"\s{0,3}(?:<(?:https?:|mailto:)?[^<>\s]{1,180}>|\((?:https?:)[^()\s]{1,180}\)|\[[^\[\]]{1,60}\])")
_FRAME = " \t*_-–—|>.!\u200e\u200f\u202a\u202c\xa0\ufeff"

# "Sent from ...": what the line begins with, in front of the name of a device or program.
_BEGINS = re.compile(
    r"(?:sent (?:from|via|using|with|by|on) (?:my )?(?:.{0,20}(?:phone|pad|pod|mail|berry|android|samsung|galaxy|"
    r"outlook|huawei|xiaomi|pixel|tablet|mobile|handheld)\b.{0,80}|(?!me\b|us\b|you\b|"
    r"the\b)[^\s,]{1,80}(?: [^\s,]{1,40}){0,5})|"
    r"sent with .{1,40}(?:mail|email)\b.{0,40}|yahoo mail: .{1,60}|"
    r"(?:von|mit) (?:meinem|meiner|dem|der)(?:/mein\w{1,3})? .{1,60} (?:gesendet|versendet|verschickt).{0,40}|"
    r"(?:gesendet|versendet|verschickt) (?:von|mit|aus|über|via) .{1,80}|"
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) .{1,60} (?:gesendet|versendet|verschickt).{0,40}|"
    r"envoyé(?:e)? (?:de|d['’]|depuis|à partir de|à l['’]aide de|avec|par|via|du) ?.{1,80}|"
    r"enviad[oa] (?:desde|do|da|de|por|con|com|via|a partir|a través|pelo|mediante) .{1,80}|"
    r"inviat[oa] (?:da|dal|dall['’]|con|tramite|via) ?.{1,80}|"
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|via|vanuit|door|van) .{1,80}|"
    r"sendt (?:fra|med|via) .{1,80}|(?:skickat|skickades|sänt|skickad) (?:från|med|via) .{1,80}|"
    r"lähetetty .{0,50}(?:phone|pad|android|samsung|outlook|laitteesta|puhelimesta|sähköpost|mail).{0,40}|"
    r"wysłan[eoay] (?:z|ze|przez|przy pomocy|za pomocą|w) .{1,80}|"
    r"(?:odesláno|odoslané|odoslaná|odesláno|poslané|posláno) (?:z|ze|zo|pomocí|pomocou|prostřednictvím) .{1,80}|"
    r"(?:el)?küldve .{1,60}|feladva .{1,60}|trimis(?:ă)? (?:de pe|din|de la|cu|prin) .{1,80}|"
    r"(?:отправлено|отослано|надіслано|відправлено) (?:с|со|из|через|при помощи|з|із|зі|за допомогою) .{1,80}|"
    r"(?:στάλθηκε|εστάλη|αποστολή|απεστάλη) (?:από|με|μέσω) .{1,80}|"
    r"נשלח(?:ה)? (?:מ|באמצעות|דרך).{1,60}|(?:تم ال[إا]رسال|[أُا]{1,2}رسلت?|مُ?رسل(?:ة)?) (?:من|بواسطة|عبر|"
    r"باستخدام) .{1,60}|"
    r"(?:đã |được )?gửi (?:từ|bằng|qua) .{1,60}|изпратено (?:от|с|чрез) .{1,80}|saadetud .{1,80}|"
    r"nosūtīts (?:no|ar) .{1,80}|išsiųsta (?:iš|su) .{1,80}|poslano (?:s|sa|iz|z|putem) .{1,80}|"
    r"(?:poslato|послато) (?:sa|s|iz|са|с|из) .{1,80}|(?:di)?kirim dari .{1,80}|dihantar (?:dari|daripada) .{1,80}|"
    r"enviat (?:des de|amb) .{1,80}|sent fra .{1,80}|ส่งจาก.{1,80}|ارسال(?: شده)? از .{1,60}|"
    r"provenance ?: .{1,80}|(?:von unterwegs|unterwegs|mobil) (?:gesendet|geschrieben)|gesendet von unterwegs)$",
    re.IGNORECASE,
)
# Where the verb stands at the end.
_ENDS = re.compile(
    r"\S.{0,60}(?:[dt][ae]n|ile|üzerinden|aracılığıyla) gönderildi$|"
    r"\S.{0,60}(?:phone|pad|android|samsung|készülék|telefon)\S{0,12}(?: készülékről| telefonról)? (?:el)?küldve$|"
    r"(?:.{1,40})(?:から|で)送信(?:しました|されました)?$|.{1,40}에서 (?:보냄|보냈습니다|전송됨|발송됨)$",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:(?:发送?自|来自|發送?自|傳送自|來自).{1,40}|(?:从|從|用|使用).{1,40}(?:发送|傳送|寄出|发出))$", re.IGNORECASE
)
_OFFER = re.compile(
    r"\b(?:get|download|beziehen|holen|herunterladen|abrufen|laden|obtenir|obtenez|télécharge[rz]|obtener|obtén|"
    r"descarg\w{1,4}|obter|obtenha|baix\w{1,3}|transferir|ottieni|scarica|downloade?n?|hämta|hent|få|skaff|last ned|"
    r"hanki|lataa|pobierz|uzyskaj|získ\w{1,5}|stáhn\w{1,4}|stiahn\w{1,4}|letöltése|beszerzése|descărcați|obțineți|"
    r"получить|получите|скачать|загрузить|отримати|завантажити|edinin|indirin|alın|λήψη|κατεβάστε|αποκτήστε|tải|lấy|"
    r"nhận|hankige|gauti|iegūt|preuzmi\w{0,2}|prenesi\w{0,2}|изтегл\w{1,4}|dapatkan|unduh|obteniu|obtén)\b|รับ|ดาวน์โหลด|获取|下载|取得|下載|入手|ダウンロード|다운로드|받기|가져오기|קבל|השג|הורד|الحصول|احصل|تنزيل",
    re.IGNORECASE,
)
# What tells such a line from one about a parcel: a brand, a kind of device, or a program.
_DEVICE = re.compile(
    r"i?phon|ipad|ipod|android|samsung|galaxy|outlook|huawei|xiaomi|redmi|pixel|oneplus|motorola|nokia|xperia|blackberry|"
    r"windows|\bios\b|proton|tutanota|yahoo|gmx|web\.de|\baol\b|zoho|yandex|яндекс|seznam|telekom mail|t-online|"
    r"em client|superhuman|\bspark\b|"
    r"telef|telém|téléph|celular|móvil|cellulare|portable|handy\b|mobil|tablet|handheld|gerät|device|"
    r"dispositi|appareil|urządzeni|zařízení|zariadeni|készülék|enhed|enhet|lait(?:e|t)|puhelin|puhelime|unterwegs|"
    r"\bapp\b|aplica|aplikac|applica|sovelluks|uygulama|alkalmazás|приложени|додатк|"
    r"телефон|смартфон|устройств|пристр|συσκευή|κινητό|אייפון|מכשיר|נייד|هاتف|جهاز|手机|手機|邮箱|携帯|スマホ|スマートフォン|アプリ|"
    r"휴대|스마트폰|điện thoại",
    re.IGNORECASE,
)
_MAILER = re.compile(r"\b(?:[A-Z][\w.]{0,20}[Mm]ail\w{0,10}|Mail)\b")
_UNKNOWN_PROGRAM = re.compile(r"[Ss]ent (?:from|via|with|using) [A-Z][a-z]\w{0,20}\.?$")
_ASKS = re.compile(r"[?？؟]\W{0,3}$")
_SCANNED = re.compile(
    r"^<?(?:https?://)?(?:www\.)?(?:avast|avg)\.com(?:/\S{0,400})?$|^<#[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}>$|"
    r"^(?=.{0,150}(?:vir|vír|wirus|вирус))(?=.{0,150}(?:avast|\bavg\b)).{0,150}(?:www\.(?:avast|avg)\.com|software|antivir)",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\b(?:outlook|bluemail|aquamail)", re.IGNORECASE)
_LONGEST_OFFER = 60
_LONGEST_SCANNED = 500
_CHINESE_SENT = tuple("发來来發传傳从從用使")
_SPACE = " \t\xa0"


def is_device_line(text: str) -> bool:
    """Tell whether a line has the form of what a phone or mail program adds under a mail."""
    if len(text) > _LONGEST or _ASKS.search(text):
        return False
    words = _LINK.sub("", text).strip(_FRAME)
    if _PROGRAM.search(words) and len(words) <= _LONGEST_OFFER and _OFFER.search(words):
        return True
    form = _CHINESE.match(words) if words[:1] in _CHINESE_SENT else _BEGINS.match(words) or _ENDS.match(words)
    return bool(form and (_DEVICE.search(words) or _MAILER.search(words) or _UNKNOWN_PROGRAM.match(words)))


def is_scanner_line(text: str) -> bool:
    """Tell whether a line is of what virus scanners add under a mail: its words, or one of its links."""
    return bool(_SCANNED.match(text.strip(_SPACE)[:_LONGEST_SCANNED]))
