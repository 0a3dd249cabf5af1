"""The MIME tree -> what a reader sees: text, HTML and files in their order; alternatives chosen, nothing lost."""

import html as entities
import re
from dataclasses import dataclass, field, replace

from mailgateway.mail.content.attachments import declared_name, disposition_of, make_attachment, safe_name, true_type
from mailgateway.mail.content.calendar import summarise
from mailgateway.mail.content.flowed import unflow
from mailgateway.mail.content.rtf import MOST_RTF
from mailgateway.mail.content.smime import signed_content
from mailgateway.mail.content.text import html_text
from mailgateway.mail.content.tnef import Package, read_tnef
from mailgateway.mail.limits import Limits
from mailgateway.mail.model import Attachment
from mailgateway.mail.wire.charset import decode
from mailgateway.mail.wire.transfer import decode_transfer, uu_blocks
from mailgateway.mail.wire.tree import Part, read_tree

_PACKAGES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MOST_WRAPPINGS = 3
_MOST_SUMMED = 100_000
_MOST_UU = 100
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXTS = _HTML | {"text/plain", "text/enriched", "text/richtext"}
_POORER = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})
_ENRICHED = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,40}>")
_DATA_URI = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,80};base64,[A-Za-z0-9+/=]{100,}", re.IGNORECASE)
_CHARSET_META = re.compile(rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:-]{1,40})", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A stretch of the body, as plain text, as HTML, or as both where they are alternatives."""

    plain: str = ""
    html: str = ""
    is_summary: bool = False
    """Words of ours about a file, never an alternative to the words of the writer."""


@dataclass(slots=True)
class Body:
    """What was read from a tree."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    has_cut_html: bool = False
    plain_chars: int = 0
    html_chars: int = 0
    html_tags: int = 0
    rich_bytes: int = 0

    def count(self, text: str, *, is_html: bool) -> None:
        """Count what was read against the limits of the whole mail."""
        if is_html:
            self.html_chars += len(text)
            self.html_tags += text.count("<")
        else:
            self.plain_chars += len(text)


@dataclass(slots=True)
class Reader:
    """Reads the parts of one message; `raw` are the bytes that the offsets of the parts point into."""

    raw: bytes
    limits: Limits
    hint: str = ""
    has_text: bool = False
    wrappings: int = 0
    body: Body = field(default_factory=Body)

    def read(self, part: Part) -> list[Block]:
        """Read a part; return what it adds to the body's text, and note its files."""
        if not part.is_multipart:
            return self._leaf(part)
        if part.content_type == "multipart/alternative":
            return self._alternative(part)
        if part.content_type == "multipart/encrypted":
            self._note(f"encrypted ({part.parameters.get('protocol', 'unknown')[:60]}), kept as it came")
        if part.content_type == "multipart/report":
            return [block for number, child in enumerate(part.parts) for block in self._reported(child, number)]
        forks = part.content_type == "multipart/appledouble" and len(part.parts) > 1
        children = [child for child in part.parts if not (forks and child.content_type == "application/applefile")]
        return [block for child in children for block in self.read(child)]

    def _reported(self, part: Part, number: int) -> list[Block]:
        """Read a part of a report: the first is for people, the others are evidence and become files."""
        if number == 0 or part.is_multipart:
            return self.read(part)
        return self._file(part)

    def _alternative(self, part: Part) -> list[Block]:
        """Take the plain and the HTML form of the same words as one block; other forms are kept as files."""
        blocks: list[Block] = []
        types = {child.content_type for child in part.parts}
        for child in part.parts:
            if child.content_type in _POORER and types & {"text/plain", "text/html"}:
                continue
            blocks += self.read(child)
        summaries = [block for block in blocks if block.is_summary]
        plains = [block for block in blocks if block.plain.strip() and not block.html and not block.is_summary]
        htmls = [block for block in blocks if block.html]
        if not htmls or not plains:
            return blocks
        if len(htmls) > 1 and any(block.plain for block in htmls):
            return htmls + summaries
        plain = "\n".join(dict.fromkeys(block.plain for block in plains))
        return [Block(plain, "\n".join(dict.fromkeys(block.html for block in htmls))), *summaries]

    def _leaf(self, part: Part) -> list[Block]:
        word, parameters = disposition_of(part)
        name = declared_name(part, parameters)
        if part.content_type not in _TEXTS or (part.closed and part.content_type != "text/plain"):
            return self._file(part)
        if word == "attachment" or (name and word != "inline") or (name and part.content_type == "text/html"):
            return self._file(part)
        if name and not self._is_only_text(part):
            return self._file(part)
        return self._text(part)

    def _is_only_text(self, part: Part) -> bool:
        """Tell whether a named inline text is the message itself: no words were read before it."""
        return not self.has_text and part.content_type == "text/plain"

    def _file(self, part: Part) -> list[Block]:
        attachment, defect = make_attachment(self.raw, part, len(self.body.attachments) + 1, self.limits)
        if attachment.content_type in _PACKAGES or attachment.filename.lower() == "winmail.dat":
            # words that the mail has already are not unpacked once more
            package = read_tnef(attachment.content, 0 if self.has_text else MOST_RTF - self.body.rich_bytes)
            self.body.rich_bytes += package.rich_bytes if package else 0
            if package and len(package.files) > self.room:
                self._note("a winmail.dat with too many files, kept as it came")
            elif package and (package.files or package.plain or package.html):
                return self._unpacked(package)
        self.body.attachments.append(attachment)
        self._note(defect)
        if attachment.content_type == "text/calendar":
            summary = summarise(decode(attachment.content[:_MOST_SUMMED], part.parameters.get("charset", ""))[0])
            return [Block(summary, is_summary=True)] if summary else []
        if attachment.content_type in _SIGNED and self.wrappings < _MOST_WRAPPINGS:
            return self._signed(signed_content(attachment.content))
        return []

    @property
    def room(self) -> int:
        """How many files more the mail may have."""
        return max(0, self.limits.parts - len(self.body.attachments))

    def _signed(self, content: bytes) -> list[Block]:
        """Read the message inside an opaque signature; the signature itself stays an attachment."""
        if not content:
            self._note("S/MIME content that cannot be read, kept as it came")
            return []
        tree = read_tree(content, replace(self.limits, parts=max(1, self.room)))
        self.body.defects.extend(tree.defects)
        inner = Reader(content, self.limits, self.hint, self.has_text, self.wrappings + 1, self.body)
        blocks = inner.read(tree.root)
        self.has_text = inner.has_text
        return blocks

    def _unpacked(self, package: Package) -> list[Block]:
        """Take the files out of an Outlook package, and its words where the mail has none of its own."""
        for file in package.files:
            name = safe_name(file.name) or f"attachment-{len(self.body.attachments) + 1}.bin"
            content_type = true_type(file.content_type.lower() or "application/octet-stream", name, file.content)
            cid = file.content_id.strip("<> ") or None
            self.body.attachments.append(Attachment(name, content_type, file.content, cid is not None, cid))
        if self.has_text or not (package.plain or package.html):
            return []
        self.has_text = True
        plain = package.plain.replace("\r\n", "\n")[: self.limits.text_chars]
        return [Block(plain, self._bounded_html(package.html))]

    def _note(self, defect: str) -> None:
        if defect and len(self.body.defects) < 100:
            self.body.defects.append(defect)

    def _text(self, part: Part) -> list[Block]:
        """Decode a text part; files that hide in it (uuencoded, or binary under a wrong label) become attachments."""
        data, defect = decode_transfer(self.raw[part.start : part.end], part.header.get("content-transfer-encoding"))
        self._note(defect)
        if (
            part.content_type == "text/plain"
            and true_type("application/octet-stream", "", data[:16]) != "application/octet-stream"
        ):
            return self._file(part)
        label = part.parameters.get("charset", "")
        if part.content_type == "text/html" and not label and (meta := _CHARSET_META.search(data, 0, 4_096)):
            label = meta[1].decode("ascii")
        if (part.content_type == "text/plain" and b"\nbegin" in data) or data.startswith(b"begin"):
            data = self._without_uu(data)
        text, used = decode(data, label, self.hint)
        self.has_text = self.has_text or bool(text.strip())
        if used and label:
            self._note(f"text said {label[:40]}, is {used}")
        text = self._bounded(text.replace("\r\n", "\n").replace("\r", "\n"), part, data)
        if part.content_type in _HTML:
            return [Block(html=text)] if text else []
        if part.content_type in ("text/enriched", "text/richtext"):
            text = _ENRICHED.sub("", text)
        if part.parameters.get("format", "").strip().lower() == "flowed":
            text = unflow(text, delete_space=part.parameters.get("delsp", "").strip().lower() == "yes")
        return [Block(plain=text)] if text else []

    def _without_uu(self, data: bytes) -> bytes:
        """Take uuencoded files out of a text and keep them as attachments."""
        kept, place = [], 0
        for start, end, name, content in uu_blocks(data, min(_MOST_UU, self.room)):
            kept.append(data[place:start])
            place = end
            filename = safe_name(name) or f"attachment-{len(self.body.attachments) + 1}.bin"
            content_type = true_type("application/octet-stream", filename, content)
            self.body.attachments.append(Attachment(filename, content_type, content))
        kept.append(data[place:])
        return b"".join(kept)

    def _bounded(self, text: str, part: Part, data: bytes) -> str:
        """Cut a text at what the limits leave for the whole mail, and keep it whole as an attachment then."""
        is_html = part.content_type in _HTML
        kept = self._bounded_html(text) if is_html else text[: max(0, self.limits.text_chars - self.body.plain_chars)]
        self.body.count(kept, is_html=is_html)
        if len(kept) == len(text):
            return text
        self.body.has_cut_html = self.body.has_cut_html or is_html
        self._note(f"text of {len(text)} characters cut at {len(kept)}, kept whole as an attachment")
        ending = "html" if is_html else "txt"
        self.body.attachments.append(Attachment(f"message.{ending}", part.content_type, data))
        return kept

    def _bounded_html(self, source: str) -> str:
        """Cut HTML at its limits of length and tags; pictures that are written out in it go first."""
        chars = max(0, self.limits.html_chars - self.body.html_chars)
        tags = max(0, self.limits.html_tags - self.body.html_tags)
        if len(source) > chars:
            source = _DATA_URI.sub("data:,", source)[:chars]
        if source.count("<") > tags:
            source = "<".join(source.split("<", tags + 1)[:-1])
        return source


def text_of_blocks(blocks: list[Block]) -> str:
    """Return the plain text of the whole body, made from the HTML where a block has nothing else."""
    texts = [block.plain.strip("\n") if block.plain.strip() else html_text(block.html) for block in blocks]
    return "\n\n".join(text for text in texts if text)


def html_of_blocks(blocks: list[Block]) -> str:
    """Return the HTML of the whole body, "" where no block has any; plain blocks between are shown as they are."""
    if not any(block.html for block in blocks):
        return ""
    return "\n".join(block.html or f"<pre>{entities.escape(block.plain)}</pre>" for block in blocks)
