"""Errors of templates -> findings with file and line. Says what is wrong, never what was being rendered."""

from jinja2 import TemplateError, TemplateSyntaxError

from mailgateway.errors import Finding


def place_of(error: Exception, name: str) -> Finding:
    """Return where a template failed and why; `name` is the template asked for, where nothing better is known."""
    if isinstance(error, TemplateSyntaxError):
        return Finding(error.filename or error.name or name, error.lineno, 0, error.message or "syntax error")
    file, line = name, 0
    trace = error.__traceback__
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:  # Jinja2 puts such a frame where a template's line is
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, TemplateError):
        return Finding(file, line, 0, f"{type(error).__name__}: {error.message}")
    return Finding(file, line, 0, type(error).__name__)
