"""Errors of templates -> findings with file and line. Says what is wrong, never what was being rendered."""

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from mailgateway.errors import Finding
from mailgateway.render.wording import WordsError

# What Python's own errors mean to somebody who writes templates; their messages may quote a mail
_MEANINGS: dict[type[Exception], str] = {
    ZeroDivisionError: "it divides by zero",
    ArithmeticError: "it calculates what has no result",
    RecursionError: "it includes itself without end",
    UnicodeError: "it is not UTF-8: save it as that",
    LookupError: "it takes from a list what is not in it",
    TypeError: "it does with a value what cannot be done with one of its kind",
    ValueError: "it gives a filter or function what that cannot take",
    AttributeError: "it gives a filter or function what that cannot take",
    MemoryError: "it makes more than fits into memory",
    OSError: "it cannot be read",
}


def place_of(error: Exception, name: str) -> Finding:
    """Return where a template failed and why; `name` is the template asked for, where nothing better is known.

    Templates remember lines and no columns: where the line is known, the column is the first.
    """
    if isinstance(error, TemplateSyntaxError):
        return Finding(error.filename or error.name or name, error.lineno, 1, error.message or "it is no template")
    if isinstance(error, WordsError) and error.file:
        return Finding(error.file, error.line, error.column, error.problem)
    file, line = name, 0
    trace = error.__traceback__
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:  # Jinja2 puts such a frame where a template's line is
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return Finding(file, line, 1 if line else 0, _meaning(error))


def _meaning(error: Exception) -> str:
    match error:
        case WordsError():
            return error.problem
        case TemplateNotFound():
            return f'there is no template "{error.name}"'
        case UndefinedError():
            return error.message or "a name in it is not known"
        case SecurityError():
            return f"this is not allowed in a template: {error.message}"
        case TemplateError():
            return error.message or "it is no template"
    return next((_MEANINGS[kind] for kind in type(error).__mro__ if kind in _MEANINGS), "it fails for this notice")
