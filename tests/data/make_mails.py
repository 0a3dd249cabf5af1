"""Write the seeds: small mails, one for each thing the parser has an own way for. `python -m tests.data.make_mails`."""

# ruff: noqa: E501 - the mails stand as they come

from pathlib import Path

_HEAD = b"From: Jan <jan@x.example>\r\nTo: help@example.com\r\nSubject: Printer\r\nMessage-ID: <1@x.example>\r\n"
_CUT = b'MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary="cut"\r\n\r\n'


def _typed(media: bytes, body: bytes, encoding: bytes = b"8bit") -> bytes:
    return b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s" % (media, encoding, body)


def _parts(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts)
    return _HEAD + _CUT % kind + body + b"--cut--\r\n"


_STATUS = (
    b"Reporting-MTA: dns; mx.x.example\r\n\r\nFinal-Recipient: rfc822; jan@x.example\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
)
_EVENT = (
    b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:Meeting\\, big\r\nDTSTART;TZID=Europe/Warsaw:"
    b"20260304T100000\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jan@x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_PLAIN = b"text/plain; charset=utf-8"

SEEDS: dict[str, bytes] = {
    "plain": _HEAD + _typed(_PLAIN, b"Hello\r\n\r\n-- \r\nJan\r\n"),
    "reply": _HEAD + _typed(_PLAIN, "Dzięki\r\n\r\nW dniu 4.03.2024 o 15:15, Anna pisze:\r\n> Zrób to\r\n".encode()),
    "inline-answers": _HEAD + _typed(_PLAIN, b"On 2024-03-04 10:00, A wrote:\r\n> one\r\nyes\r\n> two\r\nno\r\n"),
    "outlook": _HEAD
    + _typed(_PLAIN, b"Ok\r\n\r\nVon: A <a@b.c>\r\nGesendet: 1.1.2024\r\nAn: x@y.z\r\nBetreff: Q\r\n\r\nq"),
    "forward": _HEAD
    + _typed(_PLAIN, b"See\r\n\r\n---------- Forwarded message ---------\r\nFrom: A <a@b.c>\r\nDate: x\r\n\r\nq"),
    "flowed": _HEAD
    + _typed(b"text/plain; format=flowed; delsp=yes; charset=utf-8", b"> a \r\n> b\r\nc \r\nd\r\n-- \r\nx"),
    "html": _HEAD
    + _typed(
        b"text/html; charset=iso-8859-2",
        b"<style>p{}</style><p>A &amp; b<br><a href='http://x.y/'>link</a><ul><li>1<ol><li>2</ol></ul><table><tr><td>x"
        b"<td>y</table><div style='display:none'>no</div><div class=gmail_quote><blockquote>q</blockquote></div>",
    ),
    "alternative": _parts(b"alternative", _typed(_PLAIN, b"a"), _typed(b"text/html; charset=utf-8", b"<b>a</b>")),
    "related": _parts(
        b"related",
        _typed(b"text/html", b"<img src='cid:i'>"),
        b"Content-ID: <i>\r\n" + _typed(b"image/png; name*0*=utf-8''a%; name*1*=C5%82.png", b"iVBORw0KGgo=", b"base64"),
    ),
    "attached-mail": _parts(b"mixed", _typed(_PLAIN, b"see"), _typed(b"message/rfc822", b"Subject: in\r\n\r\nbody")),
    "quoted-printable": _HEAD + _typed(_PLAIN, b"a=C5=82=\r\nb=ZZ=3D=", b"quoted-printable"),
    "base64-junk": _HEAD + _typed(_PLAIN, b"SGVs!bG8=\r\nd29ybGQ=", b"base64"),
    "uuencode": _HEAD + b"\r\nhi\r\nbegin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n",
    "words": b"Subject: =?utf-8?B?xYI=?= =?utf-8?Q?=C5?= =?utf-8?Q?=82_x?= =?x?b?!!\r\n" + _HEAD + b"\r\nx",
    "addresses": _HEAD
    + b'Cc: "a, b" <a@b.c>, g: x@y.z, (c) "q\\" r"@s.t;, =?utf-8?q?=C5=82?= <l@x.y>, <@r:z@q.w>\r\n\r\nx',
    "raw-eight-bit": b"Subject: \xb1\xe6\xea\r\n" + _HEAD + b"Content-Type: text/plain; charset=iso-8859-2\r\n\r\n\xb1",
    "iso-2022-jp": _HEAD + _typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B-!F|K\\\x1b(B x"),
    "utf-16": _HEAD + _typed(b"text/plain; charset=utf-16", b"h\0i\0", b"8bit"),
    "utf-7": _HEAD + _typed(b"text/plain; charset=utf-7", b"+AUI- x +2D0-"),
    "gb": _HEAD + b"\r\n\xc4\xfa\xba\xc3\xa3\xac\xd5\xe2\xca\xc7\xd2\xbb\xb8\xf6\xb2\xe2\xca\xd4",
    "bounce": _parts(
        b"report; report-type=delivery-status", _typed(_PLAIN, b"Sorry"), _typed(b"message/delivery-status", _STATUS)
    ),
    "qmail": b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n"
    b"Hi. This is the qmail-send program\r\n<jan@x.example>:\r\n550 5.1.1 no such user\r\n--- Below this line is a copy of"
    b" the message.\r\n\r\nMessage-ID: <o@x.example>\r\n",
    "receipt": _parts(
        b"report; report-type=disposition-notification",
        _typed(_PLAIN, b"read"),
        _typed(b"message/disposition-notification", b"Original-Message-ID: <o@x.example>\r\nDisposition: x; displayed"),
    ),
    "abuse": _parts(
        b"report; report-type=feedback-report",
        _typed(_PLAIN, b"abuse"),
        _typed(b"message/feedback-report", b"Feedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\n"),
    ),
    "calendar": _parts(b"mixed", _typed(_PLAIN, b"ok"), _typed(b"text/calendar; method=REPLY", _EVENT)),
    "winmail": _parts(
        b"mixed",
        _typed(_PLAIN, b"see"),
        _typed(
            b"application/ms-tnef; name=winmail.dat", b"eJ8+IgEAAgKQBgAEAAAAAAAAAAEAAg+QBgAFAAAAaGVsbG8=", b"base64"
        ),
    ),
    "signed": _parts(
        b"signed", _typed(_PLAIN, b"text"), _typed(b"application/pkcs7-signature; name=smime.p7s", b"MA==", b"base64")
    ),
    "opaque": _HEAD
    + _typed(
        b"application/pkcs7-mime; smime-type=signed-data", b"MIAGCSqGSIb3DQEHAqCAMIAGCSqGSIb3DQEHAaCABAx4", b"base64"
    ),
    "sns": _HEAD
    + b'\r\n{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"j@x.y"}]}}',
    "no-boundary": _HEAD + b"Content-Type: multipart/mixed\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nx\r\n--a--",
    "bare-cr": _HEAD.replace(b"\r\n", b"\r") + b"\rhello\r",
    "dates": _HEAD
    + b"Date: Mon, 32 Foo 2024 25:61 +9999 (x)\r\nReceived: from a by b; Tue, 5 Mar 2024 1:2:3 -0000\r\n\r\nx",
}


def main() -> None:
    """Write every seed into the folder beside this file."""
    folder = Path(__file__).parent / "mails"
    folder.mkdir(exist_ok=True)
    for name, raw in SEEDS.items():
        (folder / f"{name}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
