"""Templates in folders -> what is wrong with them, found by rendering every notice in every language."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from mailgateway.desk.plan import NoticeKind
from mailgateway.errors import Finding
from mailgateway.render.environment import Templates
from mailgateway.render.faults import place_of
from mailgateway.render.notices import FALLBACK, is_language, rendered
from mailgateway.render.samples import samples

_NEEDED = ("subject", "txt")
_ENDINGS = (*_NEEDED, "html")


def findings(own: Path | None, shipped: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the operator's templates (and the shipped ones); empty where all is well.

    Finds syntax errors, undefined names, templates that fail for some notice, missing and misnamed files.
    """
    if own is not None and not own.is_dir():
        return (Finding(str(own), 0, 0, "there is no such folder of templates"),)
    folders = (shipped,) if own is None else (own, shipped)
    templates = Templates(*folders)
    languages = sorted({language for folder in folders for language in _languages(folder)} | {FALLBACK})
    found = [wrong for language in languages for wrong in _of_language(templates, folders, language)]
    return tuple(dict.fromkeys((*(_misnamed(own) if own is not None else ()), *found)))


def _languages(folder: Path) -> Iterator[str]:
    return (entry.name for entry in folder.iterdir() if entry.is_dir() and is_language(entry.name))


def _of_language(templates: Templates, folders: tuple[Path, ...], language: str) -> Iterator[Finding]:
    for kind in NoticeKind:
        name = f"{language}/{kind.value}"
        there = [ending for ending in _ENDINGS if templates.offers(f"{name}.{ending}")]
        missing = [ending for ending in _NEEDED if ending not in there]
        if missing and (there or language == FALLBACK):
            yield from (
                Finding(str(folders[0] / f"{name}.{ending}"), 0, 0, f"the notice {kind.value} needs this file as well")
                for ending in missing
            )
        elif there:
            yield from _of_notice(templates, kind, language)


def _of_notice(templates: Templates, kind: NoticeKind, language: str) -> Iterator[Finding]:
    for notice in samples(kind, language):
        try:
            rendered(templates, language, notice)
        except Exception as error:  # noqa: BLE001 - a template is the operator's program: anything can happen in it
            yield place_of(error, f"{language}/{kind.value}")


def _misnamed(own: Path) -> Iterator[Finding]:
    """Find files that no notice uses because their name is a little off."""
    names = [kind.value for kind in NoticeKind]
    for language in _languages(own):
        for file in sorted((own / language).iterdir()):
            if file.suffix[1:] in _ENDINGS and file.stem not in names:
                near = get_close_matches(file.stem, names, n=1)
                mend = f"did you mean {near[0]}{file.suffix}?" if near else f"there are {', '.join(names)}"
                yield Finding(str(file), 0, 0, f"no notice has this name; {mend}")
