"""The words of each language: `<language>/words.toml`, the plain strings that the templates of all languages share.

A key of a notice stands in the table of its name, what all notices share at the top. A text may name values in braces,
such as {number}; it may be a table of plural forms (one, few, many, other), chosen by the value {n} (Unicode CLDR).
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from markupsafe import Markup, escape

from mailgateway.rules.nearest import instead

FILE = "words.toml"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")

Words = Mapping[str, object]


class WordsError(ValueError):
    """A file of words that cannot be used, or a word that is not there: says where, and what is wrong."""

    def __init__(self, problem: str, file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.file, self.line, self.column = problem, file, line, column


class Wording:
    """Reads the words of some folders, the first folder going before the next. Files that change are read anew."""

    def __init__(self, *folders: Path) -> None:
        # text: a letter asks a dozen times, and paths would be put together anew each time
        self._folders = tuple(map(str, folders))
        self._read: dict[str, tuple[int, Words]] = {}

    def speaks(self, language: str, notice: str) -> bool:
        """Tell whether a language has words for a notice; a file that cannot be read counts as having some."""
        try:
            return any(notice in words for words in self._known(language))
        except WordsError:
            return True

    def phrases(self, languages: Sequence[str], notice: str) -> "Phrases":
        """Return the words of a notice, those of the first language going before the next. Raises WordsError."""
        known = tuple(words for language in languages for words in self._known(language))
        return Phrases(languages[0], notice, known)

    def _known(self, language: str) -> Iterator[Words]:
        for folder in self._folders:
            file = f"{folder}/{language}/{FILE}"
            if (words := self._words(file)) is not None:
                yield words

    def _words(self, file: str) -> Words | None:
        try:
            changed = os.stat(file).st_mtime_ns  # noqa: PTH116 - see _folders
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(file, error) from None
        known = self._read.get(file)
        if known is None or known[0] != changed:
            known = self._read[file] = changed, read_words(Path(file))
        return known[1]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one notice in one language. `known` are tables of words, the best first."""

    language: str
    notice: str
    known: tuple[Words, ...]

    def phrase(self, key: str, values: Mapping[str, object], finish: Callable[[str], str] = str) -> str:
        """Return a text with its values filled in, text and values finished by `finish`. Raises WordsError."""
        written = self._found(key)
        if isinstance(written, Mapping):
            written = written.get(plural_form(self.language, values.get("n")), written.get("other", ""))
        return filled(str(written), values, finish)

    def word(self, table: str, value: object) -> str:
        """Return what a value of the desk is called, such as a status; itself where it has no other name."""
        tables = (words[table] for words in self.known if isinstance(words.get(table), Mapping))
        return next(
            (str(one[str(value)]) for one in tables if isinstance(one, Mapping) and str(value) in one), str(value)
        )

    def table(self, name: str) -> dict[str, str]:
        """Return all that is called by other names in a table; nothing where no language has it."""
        tables = [words[name] for words in reversed(self.known) if name in words]
        return {str(key): str(value) for one in tables if isinstance(one, Mapping) for key, value in one.items()}

    def _found(self, key: str) -> object:
        for words in self.known:
            section = words.get(self.notice)
            if isinstance(section, Mapping) and key in section:
                return section[key]
            if key in words and (isinstance(words[key], str) or is_plural(words[key])):
                return words[key]
        names = sorted({str(name) for words in self.known for name in _names(words.get(self.notice))})
        raise WordsError(f'there is no word "{key}" for this notice; {instead(key, names)}')


def read_words(file: Path) -> Words:
    """Read a file of words; raises WordsError with line and column."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        problem = _AT_LINE.sub("", str(error)).strip()
        raise WordsError(f"{problem}: this is TOML, a text stands in double quotes", str(file), line, column) from None
    except UnicodeDecodeError:
        raise WordsError("it is not UTF-8: save it as that", str(file)) from None
    except OSError as error:
        raise _unreadable(str(file), error) from None


def _unreadable(file: str, error: OSError) -> WordsError:
    return WordsError(f"it cannot be read ({error.strerror}): let the gateway's user read it", file)


def filled(text: str, values: Mapping[str, object], finish: Callable[[str], str] = str) -> str:
    """Fill {name}s into a text, nothing else: an attribute of a value cannot be asked for. Raises WordsError."""
    between, names = _parts(text, finish)
    pieces = [between[0]]
    for name, after in zip(names, between[1:], strict=True):
        if name not in values:
            raise WordsError(f"{{{name}}} has no value here; {instead(name, sorted(values))}")
        value = values[name]
        pieces += [value if isinstance(value, Markup) else finish(str(value)), after]
    return "".join(pieces)


@lru_cache(maxsize=10_000)
def _parts(text: str, finish: Callable[[str], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the finished texts around the places of a text, one more than there are places, and the places' names."""
    parts = _PLACE.split(text)
    return tuple(map(finish, parts[::2])), tuple(parts[1::2])


def as_html(text: str) -> str:
    """Escape a text for HTML."""
    return str(escape(text))


def places(written: object) -> frozenset[str]:
    """Return the names in braces of a text, or of all plural forms together."""
    texts = written.values() if isinstance(written, Mapping) else (written,)
    return frozenset(name for text in texts for name in _PLACE.findall(str(text)))


def is_plural(written: object) -> bool:
    """Tell whether something is a table of plural forms."""
    return isinstance(written, Mapping) and set(written) <= {"zero", "one", "two", "few", "many", "other"}


def plural_form(language: str, n: object) -> str:
    """Return which form of a word goes with a number in a language (CLDR); `other` where it is no number."""
    if not isinstance(n, int | float):
        return "other"
    return locale_of(language).plural_form(n)


@lru_cache(maxsize=1_000)
def locale_of(language: str) -> Locale:
    """Return how a language writes numbers and dates; for one that is not known, as English does."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _names(section: object) -> Sequence[str]:
    return list(section) if isinstance(section, Mapping) else []
