"""split_reply where the language is listed nowhere, or the mail program writes as few others do."""

import pytest

from mailgateway.mail.model import Mail
from mailgateway.mail.written.device import is_device_line
from mailgateway.mail.written.reply import split_reply

OWN = "Works now. But the second one does not."
HISTORY = "Dear Jan,\nplease restart the printer.\n\nBest regards\nHelpdesk"
QUOTED = "\n".join(f"> {line}" for line in HISTORY.split("\n"))
HELP = "Helpdesk <help@firm.example>"
FIELDS = {
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "hi": ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    "hr": ("Šalje", "Poslano", "Prima", "Predmet"),
    "id": ("Dari", "Terkirim", "Kepada", "Subjek"),
    "ka": ("გამომგზავნი", "გაგზავნილია", "მიმღები", "თემა"),
    "lt": ("Nuo", "Išsiųsta", "Iki", "Tema"),
    "lv": ("No", "Nosūtīts", "Kam", "Tēma"),
    "mk": ("Од", "Испратено", "До", "Наслов"),
    "sq": ("Nga", "Dërguar", "Për", "Subjekti"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง"),
}


def taken(body: str, subject: str = "Re: [#7] Printer") -> tuple[str, bool]:
    """Split an answer with OWN above the body."""
    reply = split_reply(Mail(text=f"{OWN}\n\n{body}", subject=subject))
    return reply.text, reply.quoted


@pytest.mark.parametrize("language", FIELDS)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("above", ["", "____________________\n", "----- ??? -----\n"])
def test_a_block_in_any_language_is_known_by_the_subject(language: str, form: str, between: str, above: str) -> None:
    """It names a time and the subject of the mail that it stands in."""
    values = (HELP, "Mon, 4 March 2024 15:15", "Jan", "AW: Printer")
    rows = [form.format(name, value) for name, value in zip(FIELDS[language], values, strict=True)]
    assert taken(f"{above}{between.join(rows)}\n\n{HISTORY}") == (OWN, True)


@pytest.mark.parametrize("values", [("4 March 2024", "Printer"), ("4 March 2024 15:15", "Toner")])
def test_a_list_of_an_unknown_kind_stays(values: tuple[str, str]) -> None:
    """Without a time, or with another subject, it is no block of a mail."""
    rows = f"Dari: Jan\nTerkirim: {values[0]}\nKepada: Anna\nSubjek: {values[1]}"
    assert taken(f"{rows}\n\nIs that right?") == (f"{OWN}\n\n{rows}\n\nIs that right?", False)


@pytest.mark.parametrize("history", [QUOTED, HISTORY], ids=["marked", "bare"])
@pytest.mark.parametrize(
    "line",
    [
        f"เมื่อ จ. 4 มี.ค. 2024 เวลา 15:15 {HELP} เขียนว่า:",
        f"Pada tanggal Sen, 4 Mar 2024 pukul 15.15 {HELP} menulis:",
        f"pirmd., 2024. g. 4. marts, plkst. 15:15 — lietotājs {HELP}\nrakstīja:",
        f"V V pon., 4. mar. 2024 ob 15:15 je oseba {HELP}\nnapisala:",
        f"пон, 4. мар 2024. у 15:15 {HELP} је написао/ла:",
        f"در تاریخ دوشنبه ۴ مارس ۲۰۲۴، ۱۵:۱۵ {HELP} نوشت:",
        f"सोम, 4 मार्च 2024 को 3:15 pm बजे को {HELP} ने लिखा:",
        f"Þann mán., 4. mar. 2024 kl. 15:15 skrifaði {HELP}:",
        "Helpdesk (<help@firm.example>) erabiltzaileak hau idatzi du (2024 mar. 4, al. (15:15)):",
        f"Noong Lun, Mar 4, 2024 nang 3:15 PM, isinulat ni {HELP}\nang:",
        "Dana 4.3.2024. u 15:15, Helpdesk je napisao/la:",
        "Дана 4.3.24. у 15:15, Helpdesk је написао:",
        "Pada 04/03/2024 15:15, Helpdesk menulis:",
    ],
)
def test_an_attribution_in_any_language_is_known_by_time_and_address(line: str, history: str) -> None:
    """A day, a time, an address in brackets and a colon at the end: it takes no verb that we know."""
    assert taken(f"{line}\n\n{history}") == (OWN, True)


@pytest.mark.parametrize(
    "block",
    [
        f">>> {HELP} 04.03.2024 15:15 >>>\n{HISTORY}",
        f"-----Helpdesk/FIRM schrieb: -----\nAn: Jan\nVon: Helpdesk/FIRM\nDatum: 04.03.2024\nBetreff: x\n\n{HISTORY}",
        f"----- Mail original -----\nDe: {HELP}\nÀ: Jan\nEnvoyé: Lundi 4 Mars 2024\nObjet: Printer\n\n{HISTORY}",
        f"---- 回复的原邮件 ----\n| 发件人 | {HELP} |\n| 主题 | Printer |\n{HISTORY}",
        f"Вы писали 4 марта 2024 г., 15:15:15:\n\n{QUOTED}",
    ],
)
def test_what_few_programs_write_is_known_too(block: str) -> None:
    """GroupWise, Notes on the web, French webmail, NetEase, The Bat!."""
    assert taken(block) == (OWN, True)


@pytest.mark.parametrize(
    "line",
    [
        "Изпратено от моя iPhone",
        "Saadetud minu iPhone'ist",
        "Nosūtīts no mana iPhone",
        "Išsiųsta iš mano iPhone",
        "Poslano s mog iPhonea",
        "Poslano iz mojega iPhona",
        "Послато са мог iPhone-а",
        "ส่งจาก iPhone ของฉัน",
        "Dikirim dari iPhone saya",
        "Enviat des de l'iPhone",
        "Sent fra iPhone-en min",
        "ارسال شده از iPhone من",
        "用iPhone发送",
        "Von unterwegs gesendet",
        "Inviata da Tiscali Mail",
        "Отправлено из Spark",
        "Von meinem/meiner Galaxy gesendet",
        "Provenance : Courrier pour Windows",
        "Hankige Outlook iOS-i jaoks",
        "Gauti Outlook, skirtą iOS",
        "Preuzmite Outlook za iOS",
        "Изтеглете Outlook за iOS",
        "รับ Outlook สำหรับ iOS",
        "Dapatkan Outlook untuk iOS",
    ],
)
def test_lines_of_devices_are_known_in_more_languages(line: str) -> None:
    """With the device named, wherever it was sent from."""
    assert is_device_line(line)


@pytest.mark.parametrize(
    "added",
    [
        "<https://www.avast.com/sig-email?x=1>\nVirus-free.www.avast.com\n<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>",
        "---\nDiese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.\nhttps://www.avast.com/antivirus",
        "---\nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
    ],
)
def test_what_a_virus_scanner_adds_is_taken_off(added: str) -> None:
    """With the line that it draws."""
    assert taken(added) == (OWN, False)


def test_a_question_about_a_virus_scanner_stays() -> None:
    """It has the name of one, and is no line of its."""
    assert taken("---\nI use Avast, is that right?")[0].endswith("I use Avast, is that right?")
