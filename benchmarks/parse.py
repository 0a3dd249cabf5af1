"""Understanding a mail whole, beside the bare parsers it stands on, over the same mails in the same run.

Whole: text, HTML sanitised, reply, kind with its evidence, digests of every attachment. Bare: the mail is parsed, and
nothing is asked of it.
"""

import gc
import logging
import time
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from pathlib import Path

import mailparser

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from tests.traffic import mails

_OWN = OwnMarks("example.com", frozenset({"support@example.com"}))
_ROUNDS = 5
_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def run(count: int, corpus: Path | None = None) -> None:
    """Print milliseconds a mail and the ratios, then how time grows with size."""
    logging.disable(logging.CRITICAL)  # mail-parser complains of each odd mail
    raws = _of_folder(corpus) if corpus else [raw for _, raw in mails(count)]
    size = sum(map(len, raws))
    print(f"parse: {len(raws)} mails, {size / 1e6:.1f} MB, best of {_ROUNDS} rounds")
    whole = _best(understand, raws)
    bare = _best(mailparser.parse_from_bytes, raws)
    print(f"  whole understanding            {whole * 1000:8.3f} ms a mail  {size / len(raws) / whole / 1e6:6.1f} MB/s")
    for name, other in (
        ("mailparser.parse_from_bytes", bare),
        ("email, policy.compat32", _best(message_from_bytes, raws)),
        ("email, policy.default", _best(_modern, raws)),
    ):
        print(f"  {name:30} {other * 1000:8.3f} ms a mail  whole costs {whole / other:.2f} times that")
    _grow()


def understand(raw: bytes) -> None:
    """Do all that the gateway does to know a mail."""
    mail = parse(raw)
    split_reply(mail)
    classify(mail, _OWN)
    for attachment in mail.attachments:
        _ = attachment.sha256


def _modern(raw: bytes) -> None:
    message_from_bytes(raw, policy=policy.default)


def _of_folder(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def _best(work: Callable[[bytes], object], raws: Sequence[bytes]) -> float:
    """Return the seconds that a mail takes, in the best round; what a parser refuses counts as parsed."""
    best = float("inf")
    for _ in range(_ROUNDS):
        gc.collect()
        began = time.process_time()
        for raw in raws:
            try:
                work(raw)
            except Exception:  # the others may fail on an odd mail; ours must not
                if work is understand:
                    raise
        best = min(best, time.process_time() - began)
    return best / len(raws)


def _grow() -> None:
    """Print the time for one mail of each size and kind: ten times the size costs ten times the time at most."""
    print("  size        " + "".join(f"{name:>16}" for name in _KINDS))
    for size in _SIZES:
        cells = []
        for make in _KINDS.values():
            raw = make(size)
            began = time.process_time()
            understand(raw)
            cells.append(f"{(time.process_time() - began) * 1000:13.1f} ms")
        print(f"  {size:>10,}  " + "".join(cells))


_HEAD = b"From: a@x.example\r\nTo: support@example.com\r\nSubject: s\r\nMessage-ID: <1@x.example>\r\n"


def _text(size: int) -> bytes:
    return _HEAD + b"\r\n" + b"The printer does not print since this morning, please help.\r\n" * (size // 62)


def _quoted(size: int) -> bytes:
    return _HEAD + b"\r\n" + b"Yes.\r\n\r\nOn 2024-03-04 15:15, Anna wrote:\r\n> Does it print?\r\n" * (size // 65)


def _page(size: int) -> bytes:
    row = b"<p style='margin:0'>The printer <b>does not</b> print, <a href='https://x.example/y'>see</a>.</p>\r\n"
    return _HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + row * (size // len(row))


def _file(size: int) -> bytes:
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n"
    head = b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return _HEAD + head + line * (size // len(line))


_KINDS: dict[str, Callable[[int], bytes]] = {"text": _text, "quotations": _quoted, "HTML": _page, "file": _file}
