"""The template environment: sandboxed, strict about names, operators' templates before the shipped ones."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateRuntimeError, pass_context, select_autoescape
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from mailgateway.mail.written.subjects import bare
from mailgateway.render import formats, report, words
from mailgateway.render.compiled import Compiled
from mailgateway.render.wording import Phrases, WordsError, as_html
from mailgateway.rules.nearest import instead

_MOST_CHARACTERS = 2_000_000
FILTERS = (
    bare,
    words.fill,
    words.clip,
    words.excerpt,
    words.quoted,
    words.person,
    words.mailto,
    words.mailbox,
    words.told,
    words.spellings,
    words.columns,
    words.bare_address,
    words.shown,
    words.shown_quietly,
    words.body,
    formats.moment,
    formats.day,
    formats.stamp,
    formats.size,
    formats.span,
    formats.number,
    formats.percent,
    words.page,
    words.proposed,
    report.sheet,
    report.laid_out,
)


class _Names(Context):
    """The names that a template has; one that it has not is answered with the nearest that it has."""

    def resolve_or_missing(self, key: str) -> Any:
        """Return what a name stands for."""
        found = super().resolve_or_missing(key)
        if found is not missing:
            return found
        ours = {name for name in self.parent if name not in self.environment.globals}
        return self.environment.undefined(f'there is no "{key}" here; {instead(key, sorted(ours))}', name=key)


class _Unknown(StrictUndefined):
    """What stands for a name that is not known: to use it is a mistake, which is told in a template's own words."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        owner = self._undefined_obj
        known = [field.name for field in fields(owner)] if is_dataclass(owner) else []
        hint = f"; {instead(str(self._undefined_name), known)}" if known else ""
        return f'there is no "{self._undefined_name}" here{hint}'


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, with a memory for what templates ask thousands of times a second and is always answered alike."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}
        self._plain: dict[type, bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether a template may have an attribute: it depends on the type and the name alone."""
        asked = type(obj), attr
        known = self._safe.get(asked)
        if known is None:
            known = self._safe[asked] = super().is_safe_attribute(obj, attr, value)
        return known

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute. Values of the desk and files of macros hold no method that would have to be wrapped."""
        kind = type(obj)
        if self._safe.get((kind, attribute)) and self._is_plain(kind):
            found = getattr(obj, attribute, missing)
            if found is not missing:
                return found
        return super().getattr(obj, attribute)

    def _is_plain(self, kind: type) -> bool:
        known = self._plain.get(kind)
        if known is None:
            known = self._plain[kind] = is_dataclass(kind) or issubclass(kind, TemplateModule)
        return known

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something. A macro, and what says words, is ours to call, and asks for no names of loops and blocks."""
        if isinstance(obj, Macro):
            first: object = context.eval_ctx
        elif isinstance(obj, FunctionType) and obj in FUNCTIONS:
            first = context
        else:
            return super().call(context, obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return obj(first, *args, **kwargs)


class Templates:
    """The templates of some folders, the first folder going before the next. Files that change are read anew."""

    def __init__(self, *folders: Path) -> None:
        # text: a letter asks a dozen times, and paths would be put together anew each time
        self._folders = tuple(map(str, folders))
        self._environment = _environment(self._folders)

    def offers(self, name: str) -> bool:
        """Tell whether there is a file of this name, sound or not; `name` is ours, never a stranger's."""
        return any(os.path.isfile(f"{folder}/{name}") for folder in self._folders)  # noqa: PTH113 - see _folders

    def file(self, name: str) -> Path:
        """Return the file that a template is read from."""
        here = (file for folder in self._folders if (file := Path(folder, name)).is_file())
        return next(here, Path(name))

    def produce(self, name: str, context: Mapping[str, object]) -> str:
        """Render a template; raises whatever the template does, and TemplateRuntimeError for a result out of bounds."""
        return "".join(_bounded(self._environment.get_template(name).generate(context)))


@pass_context
def say(context: Context, key: str, **values: object) -> str:
    """Return the words under a key in the reader's language, with values filled in; in HTML everything is escaped."""
    phrases = _phrases(context)
    if context.eval_ctx.autoescape:
        return Markup(phrases.phrase(key, values, as_html))  # noqa: S704 - text and values are escaped piece by piece
    return phrases.phrase(key, values)


@pass_context
def word(context: Context, table: str, value: object) -> str:
    """Return what a value of the desk is called in the reader's language, such as a status."""
    return _phrases(context).word(table, value)


@pass_context
def table(context: Context, name: str) -> dict[str, str]:
    """Return all that a table of words calls by other names."""
    return _phrases(context).table(name)


FUNCTIONS = (say, word, table)
_COMPILED = Compiled()


def _phrases(context: Context) -> Phrases:
    found = context.resolve("phrases")
    if not isinstance(found, Phrases):
        raise WordsError("there are no words here: a macro has none unless it is imported `with context`")
    return found


def _environment(folders: tuple[str, ...]) -> _Sandbox:
    made = _Sandbox(
        loader=FileSystemLoader(folders),
        undefined=_Unknown,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    made.context_class = _Names
    made.filters.update({offered.__name__: offered for offered in FILTERS})
    made.globals.update({offered.__name__: offered for offered in FUNCTIONS})
    return made


def _bounded(pieces: Iterable[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _MOST_CHARACTERS:
            raise TemplateRuntimeError(f"makes more than {_MOST_CHARACTERS} characters")
        yield piece
