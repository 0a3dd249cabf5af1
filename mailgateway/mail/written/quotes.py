"""Lines with which mail clients introduce the history of a conversation, in the languages people write in."""

import re

from mailgateway.mail.content.text import Line
from mailgateway.mail.written.evidence import ADDRESS, BRACKETED, CLOCK, DATE, DIRECTIONS, LONGEST, tells_when

_MOST_LINES = 5

# Verbs and phrases of "On ... NAME wrote:".
_WROTE = (
    r"wrote|writes|a écrit|écrit|a ecrit|ha escrit|va escriure|a envoyé|nous a dit|"
    r"schrieb|schrieben|hat geschrieben|geschrieben|"
    r"schreef|heeft geschreven|geschreven|verzond|het volgende geschreven|skrev|skreiv|ha scritto|"
    r"scritto|scrisse|escribió|escribio|"
    r"escreveu|kirjoitti|napisał|napisała|napisał\(a\)|napisal|napisala|napisal\(a\)|napsal|napsala|"
    r"napsal\(a\)|pisze|píše|"
    r"napísal|napísala|napísal\(a\)|írta|ezt írta|a scris|пишет|писал|писала|написал|написала|написал\(а\)|"
    r"пише|писав|написав|написала|написав\(ла\)|yazdı|şunu yazdı|έγραψε|написа|写道|寫道|写到|"
    r"のメッセージ|のメール|書きました|"
    r"작성|작성했습니다|님이 작성|쓴 글|כתב|כתבה|כתב/ה|כתב\(ה\)|كتب|đã viết|viết|rakstīja|rašė|kirjutas|je napisao|"
    r"je napisala|napisao je|napisala je|napisao/la je|napisał/a|napsal/a|napísal/a|написа|كتبت|كتب/كتبت|"
    r"wrote the following|menulis|เขียนว่า|เขียน|је написао|је написала|је написао/ла|je napisao/la|je napisal|"
    r"je napisala|je napisal\(a\)|parašė|نوشت|ने लिखा|skrifaði|ha escrit|писали|вы писали"
)
_MINE = re.compile(
    r"\b(?:(?:i|we) (?:wrote|said|sent)|(?:schrieb|schrieben|habe?n?) (?:ich|wir)|(?:ich|wir) schrieb(?:en)?|"
    r"j['’]ai écrit|nous avons écrit|skrev (?:jag|jeg|vi)|(?:jag|jeg|vi) skrev|(?:schreef|schreven) (?:ik|wij|we)|"
    r"(?:ik|wij|we) (?:schreef|schreven)|я (?:писал|писала|написал|написала))\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"(?:^|[\s,>)\]*\"'\u200f\u200e]|(?<=님이)|(?<=さん))"
    rf"(?:{_WROTE})(?=[\s:：,.…(*]|$)|写道|寫道|写到|작성|書きました",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W{0,3}(?:on|at|in|am|den|um|le|el|il|em|op|på|às|en|no dia|w dniu|dnia|dne|dňa|на|в|в сообщении|"
    r"tarihinde|στις|vào|pada|u|ti|pe|ma|ke|to|la|su|في|ב|בתאריך|在|於|"
    r"lø|sø|ma\.|ti\.|on \w{2}|\d{1,4}[./年-]|(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|пон|wt|"
    r"śr|czw|pt|sob|niedz|lun|mar|mié|jue|vie|sáb|dom))\b",
    re.IGNORECASE,
)
_ADDRESS_AT_END = re.compile(r"(?<!=)[<(]\s?(?:mailto:)?[^\s<>@]{1,128}@[^\s<>]{1,255}[>)]\W{0,4}$")
# What names a writer without any verb of writing, as Tutanota, Gmail in Catalan or Apple Mail in Japanese do.
_NO_VERB = re.compile(
    r"(?:\b(?:by|from|von|par|de|od|przez|van|av|af|fra|от|від)\s+[^\s<>@]{1,128}@[^\s<>@]{1,255}:"
    r"|^(?:wiadomość napisana przez|missatge de|message de|nachricht von|messaggio di|mensaje de|"
    r"mensagem de)\s.{1,250}:"
    r"|のメール\s?[（(].{1,40}[）)]\s?[:：]|[<(][^\s<>@]{1,128}@[^\s<>]{1,255}[>)];)$",
    re.IGNORECASE,
)
_FRAMED = re.compile(rf"^-{{2,}}\s.{{1,200}}\s(?:{_WROTE})\s?-{{2,}}$", re.IGNORECASE)
_CITED = re.compile(
    r"^(?:zitat von|quoting|citing|citando|citación de|cytat|cytuję|cytowanie|citat från|citerar|citace|"
    r"selon|citaat van|citazione di)"
    r"\s.{1,200}[:：]$",
    re.IGNORECASE,
)
_ENDINGS = (":", "：", ">;", "...", "…", *_WROTE.replace("\\", "").split("|"))
_SENTENCE_END = re.compile(r"[.!?。！？]\s+")
_FACT = re.compile(r"[\d@]")
_SHORTEST_SENTENCE = 7
"""Longer than the name of any day that is cut short, with a full stop and a space."""
_INSIDE = frozenset("<([")
_LONGEST_STRANGE = 250
_TRAILING = " *_>-\u200e\u200f\xa0"

_SEPARATOR = re.compile(
    r"^\W{0,3}(?:-{2,}+|_{2,}+|\*{2,}+|={2,}+)\s{0,3}(?:original (?:message|email|mail|appointment)|"
    r"reply message|ursprüngliche (?:nachricht|mail|e-mail)|"
    r"originalnachricht|original-?nachricht|antwort nachricht|oprindelig (?:meddelelse|besked|e-mail)|"
    r"opprinnelig melding|ursprungligt meddelande|"
    r"originalmeddelande|message d['’]origine|message original|mensaje original|mensagem original|"
    r"messaggio originale|oorspronkelijk bericht|"
    r"alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|"
    r"pôvodná správa|eredeti üzenet|mesaj original|mesajul original|"
    r"исходное сообщение|оригинальное сообщение|початкове повідомлення|вихідне повідомлення|оригінальне повідомлення|"
    r"оригинално съобщение|orijinal mesaj|"
    r"özgün ileti|αρχικό μήνυμα|原始邮件|原始郵件|原邮件|"
    r"邮件原件|原始郵件內容|原始信件|message initial|réponse message|urspr\. nachricht|mensaje de respuesta|"
    r"izvirno sporočilo|"
    r"(?:ursprünglicher|original)[ -]?termin|oryginalny termin|rendez-vous d['’]origine|cita original|algupärane kiri|"
    r"originalus laiškas|sākotnējā vēstule|رسالة أصلية|tin nhắn gốc|回复的原邮件|元のメッセージ|원본 메시지|"
    r"원본 메일|הודעה מקורית|"
    r"الرسالة الأصلية|thư gốc|izvorna poruka|(?:original|in reply to)\b(?=.{0,80}[-_*=]{2}\W{0,3}$))"
    r"(?=\W{0,40}$|\W{0,3}[-_*=]{2}|.{0,80}[-_*=]{2}\W{0,3}$).{0,80}$|^original message processed by \S.{0,60}$",
    re.IGNORECASE,
)
# Stems that say "forwarded", casefolded; they count in a drawn line, and behind a word for "begin".
_FORWARDED = (
    "forwarded", "weitergeleitet", "transféré", "réexpédié", "reenviado", "encaminhad", "inoltrato", "doorgestuurd",
    "videresendt", "vidarebefordra", "vidaresendt", "välitetty", "edelleenlähetetty", "przekazan", "przekazywan",
    "przesłan", "přeposlan", "preposlan", "továbbított", "redirecțion", "redirecţion", "redirection", "пересыла",
    "переслан", "перенаправлен", "переадрес", "пересила", "препратен", "i̇letil", "iletil", "yönlendiril", "προωθ",
    "转发", "轉寄", "転送", "전달", "הועבר", "מועבר", "معاد", "مُعاد", "إعادة توجيه", "chuyển tiếp",
    "proslijeđen", "posredovan",
)  # fmt: skip
_BEGINNING = (
    "begin", "start", "anfang", "début", "inicio", "início", "inizio", "początek", "začátek", "začiatok", "începutul",
    "начало", "початок", "başlangıç", "αρχή", "下面是", "以下", "开始", "開始", "תחילת", "بداية", "bắt đầu",
    "wiadomość ",
)  # fmt: skip
_FRAME = " \t*-=_>\u200e\u200f"
_FORWARD_SUBJECT = re.compile(
    r"^(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|fs|wg|trs?|pd|podaj dalej|vs|rv|enc|doorst|i|vl|vb|vál|videresend|továbbítás|"
    r"továbbított|redirecționat|přeposláno|i̇lt|ilt|πρ[θω]|пер|пересл|перенаправлено|转发|轉寄|전달|"
    r"chuyển tiếp|הועבר|proslj|prosl|posr|persk|pārs|препр|轉發|転送|ส่งต่อ|terusan|"
    r"ارسال مجدد|"
    r"إعادة توجيه)\s?[:：]",
    re.IGNORECASE,
)

_DRAWN = frozenset({"--", "__", "==", "**"})
_RULE = re.compile(r"^\W{0,2}[_=*—–-]{5,}\W{0,2}$")
_MARKER = re.compile(r"##-[^#\n]{1,200}-##")


def is_marker(text: str) -> bool:
    """Tell whether a line holds a marker of ours, in any language: `##- ... -##`."""
    return bool(_MARKER.search(text[:LONGEST]))


def is_forward_subject(subject: str) -> bool:
    """Tell whether a subject says that the mail was forwarded."""
    return bool(_FORWARD_SUBJECT.match(subject.strip()[:100]))


def is_forward(text: str) -> bool:
    """Tell whether a line introduces a forwarded mail."""
    drawn, asks = _is_drawn(text), text.rstrip().endswith((":", "："))
    if not (drawn or asks or text[:9].lower() == "forwarded") or len(text) > LONGEST:
        return False
    words = text.strip(_FRAME).casefold()
    place = next((found for stem in _FORWARDED if (found := words.find(stem)) >= 0), -1)
    if place < 0:
        return False
    if drawn:
        return place <= 30
    if asks:
        return len(words) <= 80 and (place == 0 or words.startswith(_BEGINNING))
    return words.startswith(("forwarded message", "forwarded mail", "forwarded by"))


def _is_drawn(text: str) -> bool:
    """Tell whether a line begins as a drawn one, which some clients set in bold."""
    bare = text.lstrip(" \t>")
    return bare[:2] in _DRAWN or bare.lstrip("*")[:2] in _DRAWN


def is_separator(text: str) -> bool:
    """Tell whether a line is a client's rule in front of the history (`-----Original Message-----`)."""
    may_be = _is_drawn(text) or text[:8].lower() == "original"
    return may_be and len(text) <= LONGEST and bool(_SEPARATOR.match(text))


def is_framed(text: str) -> bool:
    """Tell whether a line is words in a drawn frame (`----- ... -----`), as clients put above a header block."""
    bare = text.strip()
    return 4 < len(bare) <= LONGEST and bare[:2] in _DRAWN and bare[-2:] in _DRAWN


def is_rule(text: str) -> bool:
    """Tell whether a line is drawn only, as clients do above a header block."""
    return len(text) <= LONGEST and bool(_RULE.match(text))


def attribution(lines: list[Line], start: int) -> int:
    """Return how many lines the attribution at `start` takes ("On ... wrote:"), 0 where there is none.

    It names a time or an address, and a verb of writing near its end; clients break it over up to five lines. Words
    in front of it are not swallowed: where a later line begins an attribution of its own, this one does not.
    """
    count, _ = _attribution(lines, start)
    if count > 1 and any(_begins_its_own(lines, start, start + skip) for skip in range(1, count)):
        return 0
    return count


def _begins_its_own(lines: list[Line], start: int, later: int) -> bool:
    """Tell whether an attribution begins at `later`, so that the lines from `start` on are words above it."""
    strength = _attribution(lines, later)[1]
    if strength >= 2:
        return True
    return strength > 0 and not _may_begin(lines[start].text) and lines[later].text.lstrip()[:1] not in _INSIDE


def _may_begin(text: str) -> bool:
    """Tell whether a line, the first of several, can begin an attribution: by its opening, a time or an address."""
    text = text[:LONGEST]
    return bool(_OPENING.match(text) or ADDRESS.search(text) or tells_when(text))


def words_before(text: str) -> int:
    """Return where the attribution begins in a line that has words of the writer's own before one, 0 for nowhere."""
    if len(text) > LONGEST or not text.rstrip().endswith((":", "：")) or _OPENING.match(text):
        return 0
    fact = _FACT.search(text)
    ends = (found.end() for found in _SENTENCE_END.finditer(text[: fact.start()] if fact else ""))
    places = [end for end in ends if end >= _SHORTEST_SENTENCE and _OPENING.match(text[end:])]
    return places[-1] if places and _strength(text[places[-1] :], followed=False) >= 2 else 0


def _attribution(lines: list[Line], start: int) -> tuple[int, int]:
    """Return the number of lines and the strength of the shortest attribution that begins at `start`."""
    joined = ""
    for place in range(start, min(start + _MOST_LINES, len(lines))):
        text = lines[place].text.translate(DIRECTIONS).strip()
        if not text and joined and _opens_address(lines, place + 1):
            continue
        if lines[place].depth == lines[start].depth + 1 and joined.count("<") > joined.count(">"):
            text = "> " + text  # no quotation: the address that was opened above is closed
        elif lines[place].depth != lines[start].depth:
            break
        if not text or len(joined) + len(text) > LONGEST:
            break
        joined = f"{joined} {text}".strip()
        if strength := _strength(joined, followed=_next_is_quoted(lines, place)):
            return place - start + 1, strength
    return 0, 0


def _opens_address(lines: list[Line], place: int) -> bool:
    """Tell whether a line is only the bracket that opens an address: some clients put each piece in its own block."""
    return place < len(lines) and lines[place].text.strip() == "<"


def _next_is_quoted(lines: list[Line], place: int) -> bool:
    """Tell whether the next words after a line are quoted deeper than it."""
    for line in lines[place + 1 : place + 4]:
        if line.text.strip():
            return line.depth > lines[place].depth
    return False


def _strength(text: str, *, followed: bool) -> int:
    """Weigh a text as an attribution (0: none) by date, address and opening words; it ends with a verb or colon.

    Where no quoted line follows, all the rest would be taken for the history: there it must have what people do not
    write, an address in brackets or a time of day.
    """
    if not text.rstrip(_TRAILING).casefold().endswith(_ENDINGS):
        return 0
    if _FRAMED.match(text) or (followed and _CITED.match(text)):
        return 2
    bracketed = "@" in text and bool(BRACKETED.search(text))
    if not (followed or bracketed or CLOCK.search(text)):
        return 0
    asks = text.endswith((":", "："))
    if _VERB.search(text):
        return _strength_of_verb(text, followed=followed, asks=asks)
    named = bracketed and asks and tells_when(text)
    named = named or bool((_ADDRESS_AT_END.search(text) or _NO_VERB.search(text)) and DATE.search(text))
    return 2 if named and len(text) <= _LONGEST_STRANGE else 0


def _strength_of_verb(text: str, *, followed: bool, asks: bool) -> int:
    """Weigh a text with a verb of writing as an attribution; nobody's mail program says "I wrote"."""
    if _MINE.search(text):
        return 0
    evidence = ("@" in text and bool(ADDRESS.search(text))) + bool(DATE.search(text)) + bool(_OPENING.match(text))
    if evidence < 2 and asks and tells_when(text):
        return 2
    return evidence if evidence >= 2 or (followed and evidence) else int(followed and asks)
