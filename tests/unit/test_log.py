"""The log: one event a line, whoever writes at the same moment."""

import json
import threading
import time
from typing import Any

import pytest

from mailgateway import log


def test_threads_that_begin_together_write_to_the_same_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line sets the log up; who writes meanwhile waits for that, and no two lines run into each other."""
    begun, whole = threading.Event(), log._configure

    def slowly(*given: Any, **named: Any) -> None:
        begun.set()
        time.sleep(0.2)
        whole(*given, **named)

    monkeypatch.setattr(log, "_configure", slowly)
    log.configure(as_json=True)

    def write(number: int) -> None:
        if number:
            begun.wait(10)
        for turn in range(20):
            log.logger("test").info("test.written", number=number, turn=turn)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    written = capsys.readouterr()
    lines = [json.loads(line) for line in written.err.splitlines()]
    assert written.out == ""
    assert sorted((line["number"], line["turn"]) for line in lines) == [
        (n, turn) for n in range(4) for turn in range(20)
    ]
