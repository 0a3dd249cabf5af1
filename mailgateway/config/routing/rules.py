"""The file of routing rules, with the lists that it names -> a ruleset whose version names all of that content."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from mailgateway.config.reading.document import read_document
from mailgateway.config.service.working_hours import zone_problem
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.findings import Wrong
from mailgateway.rules.schema import Ruleset
from mailgateway.rules.text import excerpt
from mailgateway.rules.vocabulary import Vocabulary

_LARGEST_LIST = 20_000_000
_VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class RulesPart:
    """The rules as far as they are right, what is wrong, what is doubtful, and every file that they were read from."""

    ruleset: Ruleset
    findings: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Lists:
    """Reads lists beside the rules, each once."""

    folder: Path
    read: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def entries(self, name: str) -> tuple[str, ...]:
        """Return the entries of a list: one a line, without those that are empty or begin with #; raises Wrong."""
        if name not in self.read:
            self.read[name] = _entries(self.folder / name, name)
        return self.read[name]


def read_rules(path: Path, vocabulary: Vocabulary) -> RulesPart:
    """Read the rules; paths of lists in them begin at their folder."""
    lists = _Lists(path.parent)
    try:
        document = read_document(path)
    except ConfigError as error:
        return RulesPart(Ruleset(), error.findings, (), (path,))
    words = replace(vocabulary, read_list=lists.entries, find_timezone=_timezone)
    compiled = compile_rules(document.data, document.locate, document.file, words)
    ruleset = replace(compiled.ruleset, version=_version(document.data, lists.read))
    files = (path, *(path.parent / name for name in lists.read))
    return RulesPart(ruleset, (*document.findings, *compiled.findings), compiled.doubts, files)


def _version(data: object, lists: Mapping[str, tuple[str, ...]]) -> str:
    """Return the beginning of a digest of all that the rules say; comments and layout make no difference."""
    content = json.dumps([data, lists], sort_keys=True, default=str)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_VERSION_LENGTH]


def _entries(path: Path, name: str) -> tuple[str, ...]:
    try:
        if path.stat().st_size > _LARGEST_LIST:
            raise Wrong(f"the list {excerpt(name)} is larger than {_LARGEST_LIST // 1_000_000} MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Wrong(f"the list {excerpt(name)} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Wrong(f"the list {excerpt(name)} is not UTF-8") from None
    lines = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def _timezone(name: str) -> tzinfo:
    problem = zone_problem(name)
    if problem:
        raise Wrong(problem)
    return ZoneInfo(name)
