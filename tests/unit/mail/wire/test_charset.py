"""decode, by way of whole mails: right, wrong, odd and missing labels of the charsets that people write in."""

import base64

import pytest

from mailgateway.mail.parse import parse

WORDS = {
    "pl": "Zażółć gęślą jaźń, drukarka nie działa. ",
    "de": "Größe und Maß, der Drucker läuft nicht. ",
    "ru": "Здравствуйте, принтер не работает с утра. ",
    "uk": "Доброго дня, принтер не працює, їжак і ґанок. ",
    "el": "Καλημέρα, ο εκτυπωτής δεν λειτουργεί. ",
    "he": "שלום, המדפסת לא עובדת מהבוקר. ",
    "ar": "مرحبا، الطابعة لا تعمل منذ الصباح. ",
    "tr": "Merhaba, yazıcı çalışmıyor, şğıİ. ",
    "zh": "您好，打印机从今天早上开始就坏了。",
    "tw": "您好，印表機從今天早上開始就壞了。",
    "ja": "こんにちは、プリンターが動きません。",
    "ko": "안녕하세요, 프린터가 작동하지 않습니다.",
    "th": "สวัสดี เครื่องพิมพ์ไม่ทำงาน ",
    "vi": "Xin chào, máy in không hoạt động. ",
    "cs": "Dobrý den, tiskárna nefunguje, žluťoučký kůň. ",
    "hu": "Jó napot, a nyomtató nem működik, árvíztűrő. ",
    "fr": "Bonjour, l’imprimante ne marche pas depuis « hier ». ",
}
SENT = (
    # language, what the bytes are, what the label says
    ("pl", "utf-8", "iso-8859-1"),
    ("pl", "cp1250", "iso-8859-2"),
    ("pl", "cp1250", "windows-1250"),
    ("pl", "iso8859-2", "iso-8859-2"),
    ("pl", "utf-8", "us-ascii"),
    ("pl", "utf-8", ""),
    ("pl", "cp1250", ""),
    ("pl", "iso8859-2", ""),
    ("de", "cp1252", "iso-8859-1"),
    ("de", "cp1252", ""),
    ("de", "utf-8", "windows-1252"),
    ("fr", "cp1252", "iso-8859-1"),
    ("fr", "cp1252", "iso-8859-15"),
    ("ru", "koi8-r", "koi8-r"),
    ("ru", "koi8-r", ""),
    ("ru", "cp1251", "iso-8859-5"),
    ("ru", "cp1251", ""),
    ("ru", "cp1251", "us-ascii"),
    ("ru", "utf-8", "koi8-r"),
    ("ru", "utf-8", "windows-1251"),
    ("uk", "koi8-u", "koi8-u"),
    ("uk", "cp1251", "windows-1251"),
    ("uk", "utf-8", "koi8-u"),
    ("el", "cp1253", "iso-8859-7"),
    ("el", "iso8859-7", ""),
    ("el", "utf-8", "iso-8859-7"),
    ("he", "iso8859-8", "iso-8859-8-i"),
    ("he", "iso8859-8", "iso-8859-8-e"),
    ("he", "cp1255", "iso-8859-8"),
    ("he", "utf-8", "windows-1255"),
    ("he", "cp1255", ""),
    ("ar", "cp1256", "windows-1256"),
    ("ar", "iso8859-6", "iso-8859-6-i"),
    ("ar", "cp1256", "iso-8859-6"),
    ("ar", "utf-8", "windows-1256"),
    ("tr", "cp1254", "iso-8859-9"),
    ("tr", "utf-8", "iso-8859-9"),
    ("zh", "gbk", "gb2312"),
    ("zh", "gb18030", "gb2312"),
    ("zh", "gbk", ""),
    ("zh", "gb18030", "gbk"),
    ("zh", "utf-8", "gb2312"),
    ("zh", "hz", "hz-gb-2312"),
    ("tw", "big5", "big5"),
    ("tw", "big5", ""),
    ("tw", "utf-8", "big5"),
    ("ja", "iso2022_jp", "iso-2022-jp"),
    ("ja", "iso2022_jp", ""),
    ("ja", "shift_jis", "shift_jis"),
    ("ja", "cp932", "shift_jis"),
    ("ja", "shift_jis", ""),
    ("ja", "euc_jp", "euc-jp"),
    ("ja", "euc_jp", ""),
    ("ja", "utf-8", "iso-2022-jp"),
    ("ja", "utf-8", "shift_jis"),
    ("ja", "shift_jis", "iso-2022-jp"),
    ("ko", "cp949", "ks_c_5601-1987"),
    ("ko", "euc_kr", "euc-kr"),
    ("ko", "euc_kr", ""),
    ("ko", "iso2022_kr", "iso-2022-kr"),
    ("ko", "utf-8", "euc-kr"),
    ("th", "cp874", "tis-620"),
    ("th", "cp874", "windows-874"),
    ("cs", "cp1250", "iso-8859-2"),
    ("cs", "cp1250", ""),
    ("pl", "utf-7", "utf-7"),
    ("pl", "utf-16-le", "utf-16"),
    ("pl", "utf-16-be", "utf-16"),
    ("pl", "utf-16", "utf-16"),
    ("ru", "utf-16-le", "utf-16"),
    ("ja", "utf-16-be", "utf-16"),
    ("pl", "utf-16-le", "utf-16le"),
    ("pl", "utf-16-le", "utf-8"),
    ("pl", "utf-32", "utf-32"),
    ("ru", "mac_cyrillic", "x-mac-cyrillic"),
    ("ru", "cp866", "ibm866"),
    ("de", "cp437", "ibm437"),
    ("de", "cp850", "cp850"),
    ("pl", "utf-8", "utf8"),
    ("pl", "utf-8", "UTF-8 "),
    ("pl", "utf-8", '"utf-8"'),
    ("pl", "utf-8", "unicode-1-1-utf-8"),
    ("pl", "utf-8", "x-unknown"),
    ("fr", "mac_roman", "macintosh"),
    ("ja", "iso2022_jp", "csISO2022JP"),
    ("vi", "utf-8", "us-ascii"),
)


def sent(language: str, real: str) -> tuple[str, bytes]:
    """Return words as far as the charset can hold them, and their bytes."""
    raw = WORDS[language].encode(real, "ignore")
    return " ".join(raw.decode(real).split()), raw


@pytest.mark.parametrize(("language", "real", "label"), SENT)
def test_bodies_are_read_whatever_the_label_says(language: str, real: str, label: str) -> None:
    """A label is followed where it can be true, corrected where it is a known lie, and guessed where it is missing."""
    words, raw = sent(language, real)
    kind = f"text/plain; charset={label}" if label else "text/plain"
    head = f"From: a@b.c\nSubject: x\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n"
    assert " ".join(parse(head.encode() + base64.encodebytes(raw)).text.split()) == words


@pytest.mark.parametrize(("language", "real", "label"), [one for one in SENT if one[2] and "16" not in one[1]])
def test_encoded_words_are_read_whatever_the_label_says(language: str, real: str, label: str) -> None:
    """The same holds for the few words of a subject."""
    words, raw = sent(language, real)
    word = f"=?{label.strip()}?B?{base64.b64encode(raw).decode()}?="
    assert parse(f"From: a@b.c\nSubject: {word}\n\nx".encode()).subject == words


@pytest.mark.parametrize("text", ["café", "naïve Größe", "Zażółć", "срочно", "ş", "ü"])
def test_a_few_foreign_letters_are_no_reason_to_find_something_exotic(text: str) -> None:
    """UTF-8 without a label is UTF-8, however short."""
    assert parse(b"From: a@b.c\nSubject: x\n\n" + text.encode()).text == text


def test_western_accents_without_a_label_stay_western() -> None:
    """One accent between many ASCII letters is no Cyrillic."""
    assert parse(b"From: a@b.c\nSubject: x\n\nle caf\xe9 est ferm\xe9").text == "le café est fermé"
