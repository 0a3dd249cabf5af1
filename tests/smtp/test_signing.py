"""DKIM: what is signed verifies with the public key that the domain publishes, and with nothing changed."""

import base64
from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailgateway.errors import PermanentError
from mailgateway.mail.model import Letter
from mailgateway.smtp.signing import DkimKey, Signer

KEY = generate_private_key(65537, 2048)


def pem(key: RSAPrivateKey = KEY, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    """Return a private key as it is kept in a file."""
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def dns(name: bytes, timeout: int = 5) -> bytes:
    """Answer as the name server of example.com would."""
    del timeout
    public = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return b"v=DKIM1; k=rsa; p=" + public if name == b"mail._domainkey.example.com." else b""


def letter(envelope_from: str = "support@example.com") -> Letter:
    """Return a letter with letters beyond ASCII in it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Zażółć <support@example.com>"
    mail["To"] = "carla@customer.example"
    mail["Subject"] = "Gęślą jaźń"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("Cześć\n\n")
    return Letter("1@example.com", envelope_from, "carla@customer.example", mail.as_bytes())


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("sender", ["support@example.com", "support+b.abc@EXAMPLE.com"])
def test_a_signed_letter_verifies(form: PrivateFormat, sender: str) -> None:
    """Whichever form the key has, and whatever detail the envelope sender: the letter below is as it was."""
    signed = Signer([DkimKey("example.com", "mail", lambda: pem(form=form))])(letter(sender))
    assert signed.content.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    assert signed.content.endswith(letter().content)
    assert dkim.verify(signed.content, dnsfunc=dns)


@pytest.mark.parametrize("change", [(b"Subject: ", b"Subject: x"), (b"From: ", b"From: evil@x.example\r\nFrom: ")])
def test_a_changed_letter_does_not(change: tuple[bytes, bytes]) -> None:
    """Neither a changed subject nor a second sender passes."""
    signed = Signer([DkimKey("example.com", "mail", pem)])(letter())
    assert not dkim.verify(signed.content.replace(*change, 1), dnsfunc=dns)
    assert not dkim.verify(b"Subject: Another\r\n" + signed.content, dnsfunc=dns)


def test_other_domains_are_not_signed_for() -> None:
    """A letter from a domain without a key stays as it is."""
    plain = letter("sales@other.example")
    assert Signer([DkimKey("example.com", "mail", pem)])(plain) == plain


@pytest.mark.parametrize("wrong", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_wrong_key_is_told_without_its_text(wrong: str) -> None:
    """The error names domain and selector."""
    with pytest.raises(PermanentError, match=r"mail of example\.com") as told:
        Signer([DkimKey("example.com", "mail", lambda: wrong)])
    assert not wrong or wrong not in str(told.value)
