"""Answers -> what is wrong within their Markdown."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from mailgateway.desk.answers.knowledge import Answer, Library
from mailgateway.errors import Finding
from mailgateway.render.markdown import inner_links
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import excerpt


def broken_links(library: Library) -> tuple[Finding, ...]:
    """Return a finding for each link to an answer that is not there; another answer is linked by its file."""
    return tuple(finding for answer in library.answers for finding in _of(answer, library))


def _of(answer: Answer, library: Library) -> Iterator[Finding]:
    files = {PurePosixPath(one.file).name for one in library.answers}
    for line, target in inner_links(answer.source):
        name = PurePosixPath(target.partition("#")[0]).name
        if name and name not in files and library.spelled(name) is None:
            problem = f"the link {excerpt(target)} leads nowhere; {instead(name, sorted(files))}"
            yield Finding(answer.file, answer.line + line, 1, problem)
