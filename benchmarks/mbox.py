"""Import: `mailgateway ingest --silent` of an mbox of some gigabytes, killed in the middle and called again.

Mails have 50 to 500 KB, most of it an attachment of its own. Time, and the most memory that each of the two calls had.
"""

import base64
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process import peak
from tests.end_to_end.office import GATEWAY, GROUPS, ROUTING, message

_SEPARATOR = b"From c@customer.example Wed May  1 10:00:00 2024\n"
_LINE = 77


def run(gigabytes: float) -> None:
    """Write the mbox, take it in twice, and print what that took."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "old.mbox"
        count = _write(path, int(gigabytes * 1e9))
        size = path.stat().st_size
        print(f"mbox: {count} mails, {size / 1e9:.2f} GB", flush=True)
        configuration = _configure(folder)
        first = _ingest(configuration, path, until=count // 2)
        second = _ingest(configuration, path)
        tickets = _tickets(configuration)
        assert tickets == count, f"{tickets} tickets of {count} mails"
        for what, (mails, seconds, most) in (("killed at half", first), ("called again", second)):
            rate = mails / count * size / 1e6 / seconds
            print(
                f"  {what:<15} {mails:>7} mails   {seconds:6.0f} s   {mails / seconds:6.1f} mails/s   {rate:5.1f} MB/s"
                f"   {most / 1e6:5.0f} MB at most"
            )
        seconds = _again(configuration, path)
        print(f"  given once more {count:>7} mails   {seconds:6.0f} s   {count / seconds:6.1f} mails/s, all known")
        print(f"  {tickets} tickets: none lost, none twice")


def _write(path: Path, size: int) -> int:
    chance = random.Random(1)
    text = base64.encodebytes(chance.randbytes(4_000_000))
    lines = len(text) // _LINE
    count = 0
    with path.open("wb") as file:
        while file.tell() < size:
            first = chance.randrange(lines - 7_000)
            file.write(b"".join(_mail(count, text[first * _LINE : (first + chance.randint(600, 6_400)) * _LINE])))
            count += 1
    return count


def _mail(number: int, attachment: bytes) -> Iterator[bytes]:
    made = message(f"c{number}@customer.example", f"Matter {number}", "It is in the picture.")
    made.replace_header("Date", "Wed, 01 May 2024 10:00:00 +0200")
    made.add_attachment(b"", maintype="image", subtype="jpeg", filename=f"picture-{number}.jpg")
    written = made.as_bytes(policy=SMTP.clone(linesep="\n"))
    end = written.rindex(b"\n--")
    yield _SEPARATOR + written[:end] + b"\n"
    yield attachment
    yield written[end:] + b"\n"


def _configure(folder: Path) -> Path:
    path = folder / "gateway.yaml"
    values = {"database": f"sqlite:///{folder}/desk.db", "folder": folder, "imap_port": 1, "smtp_port": 1, "user": "x"}
    path.write_text(GATEWAY.format(**values))
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "routing.yaml").write_text(ROUTING)
    return path


def _ingest(configuration: Path, path: Path, until: int = -1) -> tuple[int, float, int]:
    """Take the mbox in; return with how many mails, in how many seconds, and the most memory. `until`: kill it then."""
    began = time.perf_counter()
    done = most = 0
    with subprocess.Popen(_command(configuration, path), stdout=subprocess.PIPE, text=True, env=_secrets()) as ran:
        assert ran.stdout is not None
        for line in ran.stdout:
            done += ": opened " in line
            if done % 50 == 0 and ran.poll() is None:
                most = max(most, peak(ran.pid))
            if done == until:
                ran.kill()
                break
    return done, time.perf_counter() - began, most


def _again(configuration: Path, path: Path) -> float:
    began = time.perf_counter()
    said = subprocess.run(_command(configuration, path), stdout=subprocess.PIPE, text=True, check=True, env=_secrets())
    assert said.stdout.endswith(" duplicate\n"), said.stdout[-200:]
    return time.perf_counter() - began


def _tickets(configuration: Path) -> int:
    words = [sys.executable, "-m", "mailgateway", "-c", str(configuration), "tickets", "list", "--limit", "0", "--json"]
    said = subprocess.run(words, stdout=subprocess.PIPE, check=True, env=_secrets())
    return said.stdout.count(b"\n")


def _command(configuration: Path, path: Path) -> list[str]:
    return [sys.executable, "-m", "mailgateway", "-c", str(configuration), "ingest", "--silent", str(path)]


def _secrets() -> dict[str, str]:
    return {**os.environ, "OFFICE_PASSWORD": "secret"}
