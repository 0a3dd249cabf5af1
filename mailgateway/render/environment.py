"""The template environment: sandboxed, strict about names, operators' templates before the shipped ones."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateRuntimeError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailgateway.render import words

_MOST_CHARACTERS = 2_000_000
FILTERS = (
    words.bare,
    words.fill,
    words.clip,
    words.excerpt,
    words.quoted,
    words.person,
    words.mailbox,
    words.size,
    words.told,
    words.spellings,
    words.columns,
    words.shown,
    words.shown_quietly,
    words.body,
)


class Templates:
    """The templates of some folders, the first folder going before the next. Files that change are read anew."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._environment = _environment(folders)

    def offers(self, name: str) -> bool:
        """Tell whether there is a file of this name, sound or not; `name` is ours, never a stranger's."""
        return any((folder / name).is_file() for folder in self._folders)

    def produce(self, name: str, context: Mapping[str, object]) -> str:
        """Render a template; raises whatever the template does, and TemplateRuntimeError for a result out of bounds."""
        return "".join(_bounded(self._environment.get_template(name).generate(context)))


def _environment(folders: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({offered.__name__: offered for offered in FILTERS})
    return made


def _bounded(pieces: Iterable[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _MOST_CHARACTERS:
            raise TemplateRuntimeError(f"makes more than {_MOST_CHARACTERS} characters")
        yield piece
