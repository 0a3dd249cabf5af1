"""The log: a line an event, as JSON for machines and as text for eyes, and nothing of a mail in either."""

import json
import subprocess
import sys

import pytest

SPEAKS = """
import logging
from mailgateway import log
log.configure(as_json={as_json})
log.logger("ingest").warning("ingest.refused", why="no\\x1b[31m\\nroom\\u202e\\u2028" + "x" * 900)
logging.getLogger("botocore.hooks").warning("slow: %s", "s3\\nhost")
logging.getLogger("botocore.hooks").info("nobody wants to know")
# put together here, as a traceback may show the line itself
said = " ".join(["Dear Carla, your password is", "hunter"]) + "2"
try:
    raise ValueError(said)
except ValueError as error:
    logging.getLogger("asyncio").exception("Task exception was never retrieved\\n" + repr(error))
    logging.getLogger("boto").exception("it failed: %s", error)
"""


def spoken(*, as_json: bool) -> list[str]:
    """Return the lines of a process that logs, and whose libraries do."""
    ran = subprocess.run(
        [sys.executable, "-c", SPEAKS.format(as_json=as_json)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ""
    assert "hunter2" not in ran.stderr
    assert not {"\x1b", "\u202e", "\u2028"} & set(ran.stderr)
    return ran.stderr.splitlines()


def test_every_line_is_an_object_and_a_librarys_too() -> None:
    """Whatever collects the log need not guess; control characters are escaped, long values cut."""
    ours, slow, lost, failed = map(json.loads, spoken(as_json=True))
    assert (ours["event"], ours["part"], ours["level"]) == ("ingest.refused", "ingest", "warning")
    assert ours["why"].startswith("no\\x1b[31m\\x0aroom\\u202e\\u2028")
    assert len(ours["why"]) < 600
    assert (slow["event"], slow["library"], slow["said"]) == ("library.said", "botocore.hooks", "slow: s3\\x0ahost")
    assert (lost["level"], lost["library"]) == ("error", "asyncio")
    assert (lost["said"], failed["said"]) == ("Task exception was never retrieved", "it failed: %s")
    assert "line" in lost["exception"]


def test_for_eyes_it_is_text() -> None:
    """The same events, one a line but for where an error came from."""
    lines = spoken(as_json=False)
    assert "ingest.refused" in lines[0]
    assert "botocore.hooks" in lines[1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[0])
