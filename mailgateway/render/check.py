"""Templates and words in folders -> what is wrong with them, found by writing every notice in every language."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from mailgateway.desk.plan import NoticeKind
from mailgateway.errors import Finding
from mailgateway.render.faults import place_of
from mailgateway.render.markup import unbalanced
from mailgateway.render.notices import (
    ENDINGS,
    FALLBACK,
    LEFT_OUT,
    Shelf,
    is_language,
    languages,
    rendered,
    said_of_files,
    shelf,
)
from mailgateway.render.samples.notices import FILES, samples
from mailgateway.render.wording import FILE, Words, WordsError, is_plural, places, read_words
from mailgateway.rules.nearest import instead

_NEEDED = ("subject", "txt")
_SPECIAL = ("rules", "groups", "mailboxes")


def findings(own: Path | None, shipped: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the operator's templates (and the shipped ones); empty where all is well.

    Finds syntax errors, undefined names, templates that fail for some notice, HTML whose elements do not match, missing
    and misnamed files, and words that no notice has.
    """
    if own is not None and not own.is_dir():
        return (Finding(str(own), 0, 0, "there is no such folder of templates"),)
    found: list[Finding] = []
    for folders in _shelves(own, shipped):
        if folders[0] != shipped:
            found += [*_misnamed(folders[0]), *_words(folders[0], shipped)]
        found += _of_folders(folders)
    return tuple(dict.fromkeys(found))


def untold(own: Path | None, shipped: Path, wanted: Iterable[str]) -> tuple[Finding, ...]:
    """Return a finding for each of these languages that has no words at all: English would be written instead."""
    there = {language for folder in (own, shipped) if folder is not None for language in _languages(folder)}
    missing = [one for one in dict.fromkeys(wanted) if not there & set(languages(one)[:-1] or (FALLBACK,))]
    problem = "there are no words for the language {}; {}"
    return tuple(Finding(str(own or shipped), 0, 0, problem.format(one, instead(one, there))) for one in missing)


def _shelves(own: Path | None, shipped: Path) -> Iterator[tuple[Path, ...]]:
    if own is None:
        yield (shipped,)
        return
    yield own, shipped
    for kind in _SPECIAL:
        if (own / kind).is_dir():
            yield from ((special, own, shipped) for special in sorted((own / kind).iterdir()) if special.is_dir())


def _languages(folder: Path) -> Iterator[str]:
    return (entry.name for entry in folder.iterdir() if entry.is_dir() and is_language(entry.name))


def _of_folders(folders: tuple[Path, ...]) -> Iterator[Finding]:
    chosen = shelf(*folders)
    spoken = sorted({language for folder in folders for language in _languages(folder)} | {FALLBACK})
    for language in spoken:
        for kind in NoticeKind:
            yield from _of_notice(chosen, kind, language, folders[0])
        yield from _of_files(chosen, language)


def _of_notice(chosen: Shelf, kind: NoticeKind, language: str, folder: Path) -> Iterator[Finding]:
    there = chosen.chosen(language, kind.value)
    missing = [ending for ending in _NEEDED if ending not in there]
    if missing and (there or language == FALLBACK):
        for ending in missing:
            file = folder / language / f"{kind.value}.{ending}"
            yield Finding(str(file), 0, 0, f"the notice {kind.value} needs this file as well")
    elif there:
        yield from _written(chosen, kind, language)


def _written(chosen: Shelf, kind: NoticeKind, language: str) -> Iterator[Finding]:
    for notice in samples(kind, language):
        try:
            html = rendered(chosen, language, notice).html
        except Exception as error:  # noqa: BLE001 - a template is the operator's program: anything can happen in it
            yield place_of(error, f"{language}/{kind.value}")
            continue
        wrong = unbalanced(html) if html else ""
        if wrong:
            file = chosen.templates.file(chosen.chosen(language, kind.value)["html"])
            yield Finding(str(file), 0, 0, f"the HTML it makes is not balanced: {wrong}")


def _of_files(chosen: Shelf, language: str) -> Iterator[Finding]:
    """Find what is wrong with what letters say of files that were left out."""
    for is_internal in (False, True) if all(map(chosen.templates.offers, LEFT_OUT)) else ():
        try:
            said_of_files(chosen, language, FILES, is_internal=is_internal)
        except Exception as error:  # noqa: BLE001 - as above
            yield place_of(error, f"{language}/{NoticeKind.FILES_LEFT_OUT.value}")


def _misnamed(folder: Path) -> Iterator[Finding]:
    """Find files that no notice uses because their name is a little off."""
    names = [kind.value for kind in NoticeKind]
    for place in (folder, *(folder / language for language in _languages(folder))):
        for file in sorted(place.iterdir()):
            if file.suffix[1:] in ENDINGS and file.stem not in (*names, *_PIECES):
                near = get_close_matches(file.stem, names, n=1)
                mend = f"did you mean {near[0]}{file.suffix}?" if near else f"there are {', '.join(names)}"
                yield Finding(str(file), 0, 0, f"no notice has this name; {mend}")


_PIECES = ("layout", "letter", "parts", "company", "ratings", "left_out")


def _words(folder: Path, shipped: Path) -> Iterator[Finding]:
    """Find words that no template asks for, and texts with values that are not given to them."""
    english = read_words(shipped / FALLBACK / FILE) if (shipped / FALLBACK / FILE).is_file() else {}
    for language in sorted(_languages(folder)):
        file = folder / language / FILE
        if not file.is_file():
            continue
        try:
            own = read_words(file)
        except WordsError as error:
            yield Finding(error.file, error.line, error.column, error.problem)
            continue
        for problem in _differences(own, english):
            yield Finding(str(file), 0, 0, problem)


def _differences(own: Words, english: Words, table: str = "") -> Iterator[str]:
    for key, written in own.items():
        name = f"{table}.{key}" if table else key
        if key not in english:
            yield f'no template has a word "{name}"; {instead(key, sorted(english))}'
            continue
        shipped = english[key]
        if isinstance(written, Mapping) and isinstance(shipped, Mapping) and not is_plural(shipped):
            yield from _differences(written, shipped, name)
        elif places(written) - places(shipped):
            strange = ", ".join(f"{{{one}}}" for one in sorted(places(written) - places(shipped)))
            known = ", ".join(f"{{{one}}}" for one in sorted(places(shipped))) or "none"
            yield f'the word "{name}" names {strange}, which has no value there; there are: {known}'
