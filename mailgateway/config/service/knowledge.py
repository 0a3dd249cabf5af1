"""The folder of answers: Markdown files, each with its title and more in YAML between two lines `---` at the top."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from mailgateway.config.gateway.file import Knowledge
from mailgateway.config.reading.document import Document, document_of
from mailgateway.config.reading.kinds import Line, Strict, Truth, Word
from mailgateway.config.reading.parts import Part, checked_part
from mailgateway.config.reading.syntax import read_text
from mailgateway.desk.answers.knowledge import EMPTY, FALLBACK, Answer, Library
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.compile import compile_rules, fields_of
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.index import build_index
from mailgateway.rules.schema import Rule, Ruleset
from mailgateway.rules.text import excerpt
from mailgateway.rules.vocabulary import Vocabulary

LONGEST = 20_000
"""Characters of one answer: more is no answer but a manual, which one links to."""

_MOST_FILES = 5_000
_VERSION_LENGTH = 12
_FENCE = re.compile(r"---[ \t]*")
_CODE_WORDS = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu
ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na
nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so
sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_CODE_WORDS.split())
"""The languages of ISO 639-1."""
_Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z0-9]{2,8})*$")]


class FrontMatter(Strict):
    """What stands above the Markdown of an answer."""

    title: Line = Field(description="what the answer is about, in a line")
    name: Word | None = Field(default=None, description="what commands and rules call it; by default the file's name")
    language: _Language | None = Field(default=None, description="such as pl; by default what the file's name says")
    tags: tuple[Line, ...] = Field(default=(), description="words that it belongs to")
    keywords: tuple[Line, ...] = Field(default=(), description="words with which people ask for it")
    customers: Truth = Field(default=False, description="whether it may be sent to customers: true or false")
    when: Any = Field(default=None, description="a condition, as in routing.yaml, under which it fits for certain")


@dataclass(frozen=True, slots=True)
class KnowledgePart:
    """The answers as far as they are right, what is wrong, and which ones rules may send to customers."""

    library: Library = EMPTY
    findings: tuple[Finding, ...] = ()

    @property
    def for_customers(self) -> tuple[str, ...]:
        """The names of the answers that customers may see, each once."""
        return tuple(dict.fromkeys(one.name for one in self.library.answers if one.for_customers))

    @property
    def inside(self) -> tuple[str, ...]:
        """The names of those that are for agents alone, each once."""
        return tuple(dict.fromkeys(one.name for one in self.library.answers if not one.for_customers))


@dataclass(frozen=True, slots=True)
class _Read:
    """One file: its answer, its condition, or what is wrong with it."""

    answer: Answer | None = None
    rule: Rule | None = None
    findings: tuple[Finding, ...] = ()


def read_knowledge(folder: Path | None, vocabulary: Vocabulary) -> KnowledgePart:
    """Read every Markdown file of a folder and of those below it, but README.md; no folder has no answers."""
    if folder is None or not folder.is_dir():
        return KnowledgePart()
    paths = sorted(path for path in folder.rglob("*.md") if path.name.casefold() != "readme.md")
    if len(paths) > _MOST_FILES:
        return KnowledgePart(findings=(Finding(str(folder), 0, 0, f"there are more than {_MOST_FILES} answers here"),))
    read = [_file(path, vocabulary) for path in paths]
    answers = tuple(one.answer for one in read if one.answer is not None)
    findings = (*(finding for one in read for finding in one.findings), *_twice(answers))
    rules = tuple(one.rule for one in read if one.rule is not None)
    return KnowledgePart(Library(answers, _conditions(rules), _version(answers)), tuple(findings))


def as_library(part: KnowledgePart, thresholds: Knowledge, timezone: tzinfo) -> Library:
    """Return the answers; their conditions tell the time as the rules do."""
    return replace(
        part.library,
        conditions=replace(part.library.conditions, timezone=timezone),
        propose_above=thresholds.propose_above,
        send_above=thresholds.send_above,
    )


def _file(path: Path, vocabulary: Vocabulary) -> _Read:
    file = str(path)
    try:
        above, below, line = _parts(read_text(path, file), file)
        document = document_of(above, file)
    except ConfigError as error:
        return _Read(findings=error.findings)
    part = checked_part(document, FrontMatter, path.parent)
    if part.model is None:
        return _Read(findings=part.findings)
    answer = _answer(path, part.model, below, line)
    rule, wrong = _condition(part, answer.name, vocabulary)
    findings = (*part.findings, *wrong, *_objections(answer, document))
    return _Read(None if findings else answer, None if findings else rule, findings)


def _parts(text: str, file: str) -> tuple[str, str, int]:
    """Return what stands between the lines `---`, what stands below, and in which line that begins."""
    lines = text.replace("\r\n", "\n").split("\n")
    ends = (number for number, line in enumerate(lines) if number and _FENCE.fullmatch(line))
    end = next(ends, 0) if _FENCE.fullmatch(lines[0]) else 0
    if not end:
        problem = 'an answer begins with a line "---", keys such as "title: …", and another line "---"'
        raise ConfigError((Finding(file, 1, 1, problem),))
    return "\n".join(("", *lines[1:end])), "\n".join(lines[end + 1 :]).strip("\n"), end + 2


def _answer(path: Path, written: FrontMatter, source: str, line: int) -> Answer:
    stem, dot, language = path.stem.rpartition(".")
    is_tagged = bool(dot) and language.partition("-")[0] in _CODES
    answer = Answer(
        name=written.name or (stem if is_tagged else path.stem),
        language=written.language or (language if is_tagged else FALLBACK),
        title=written.title,
        source=source,
        tags=written.tags,
        keywords=written.keywords,
        for_customers=written.customers,
        file=str(path),
        line=line,
    )
    content = "\0".join((answer.title, answer.language, "\n".join((*answer.tags, "", *answer.keywords)), source))
    return replace(answer, version=sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_VERSION_LENGTH])


def _objections(answer: Answer, document: Document) -> Iterator[Finding]:
    if answer.language.partition("-")[0] not in _CODES:
        problem = f"the language {excerpt(answer.language)} is not known: write its code, such as en, pl or pt-BR"
        yield document.finding(("language",), problem)
    if not re.fullmatch(r"\w[\w.@-]{0,63}", answer.name):
        yield document.finding(("name",), f"{excerpt(answer.name)} is no name: write name: with one word")
    if not answer.source.strip():
        yield Finding(answer.file, answer.line, 1, "the answer is empty: write it below the second line ---")
    if len(answer.source) > LONGEST:
        problem = f"the answer has {len(answer.source)} characters, more than {LONGEST}: say the rest behind a link"
        yield Finding(answer.file, answer.line, 1, problem)


def _condition(part: Part[FrontMatter], name: str, vocabulary: Vocabulary) -> tuple[Rule | None, tuple[Finding, ...]]:
    """Compile the condition of an answer as a rule of its name."""
    document = part.document
    if document is None or part.model is None or part.model.when is None:
        return None, ()

    def locate(path: EntryPath) -> tuple[int, int]:
        return document.locate(path[2:] if path[:1] == ("rules",) else path)

    rules = {"rules": [{"name": name, "when": part.model.when, "stop": True}]}
    compiled = compile_rules(rules, locate, document.file, vocabulary)
    found = compiled.ruleset.rules
    return (replace(found[0], stop=False) if found else None), compiled.findings


def _conditions(rules: tuple[Rule, ...]) -> Ruleset:
    fields = frozenset(field for rule in rules for field in fields_of(rule.when))
    return Ruleset(rules, fields=fields, index=build_index(rules))


def _version(answers: tuple[Answer, ...]) -> str:
    content = "\n".join(f"{one.name} {one.language} {one.version}" for one in answers)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_VERSION_LENGTH] if answers else ""


def _twice(answers: tuple[Answer, ...]) -> Iterator[Finding]:
    """Find answers of one name in one language, and languages of one answer that differ in who may see it."""
    first: dict[tuple[str, str], Answer] = {}
    spelled: dict[str, Answer] = {}
    for answer in answers:
        known = first.setdefault((answer.name.casefold(), answer.language.casefold()), answer)
        if known is not answer:
            problem = f"{answer.name} in {answer.language} is also in {known.file}: rename one, or say another language"
            yield Finding(answer.file, 1, 1, problem)
        other = spelled.setdefault(answer.name.casefold(), answer)
        if other.name != answer.name:
            yield Finding(answer.file, 1, 1, f"{answer.name} is written {other.name} in {other.file}: write both alike")
