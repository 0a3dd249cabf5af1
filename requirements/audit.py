"""Ask whether a version in a lock file has a known vulnerability: `python requirements/audit.py requirements/dev.lock`.

Leaves with 1 where one is known, and with 2 where the audit itself is broken. Where nobody can be asked, that is said,
and is no failure: one works without a network, too. The hashes in the lock say what is installed; this says whether it
should be.
"""  # noqa: INP001 - a script, no part of a package

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

_PATIENCE = 120
_SHOWN = 5
_UNREACHABLE = re.compile(r"^(?:requests|urllib3)\.exceptions\.|interface\.\w+Error|vulnerability feed", re.MULTILINE)


def main(locks: list[str]) -> int:
    """Audit the lock files; return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", "10", *(word for lock in locks for word in ("-r", lock))]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return said(*not_done("it did not answer in time"))
    return said(*outcome(ran.stdout, ran.stderr))


def outcome(out: str, err: str) -> tuple[list[str], int]:
    """Return what is to be said of what pip-audit wrote, and the exit code."""
    try:
        report = json.loads(out)
    except ValueError:
        last = (err.strip().splitlines() or ["it said nothing"])[-1]
        return not_done(last) if _UNREACHABLE.search(err) else ([f"audit: FAILED: pip-audit is broken: {last}"], 2)
    return verdict(report)


def not_done(why: str) -> tuple[list[str], int]:
    """Return what is to be said where nobody could be asked."""
    return [f"audit: NOT DONE: the database of vulnerabilities does not answer: {why}"], 0


def verdict(report: dict[str, Any]) -> tuple[list[str], int]:
    """Return what is to be said of an audit, and the exit code."""
    audited = report["dependencies"]
    skipped = [one["name"] for one in audited if "skip_reason" in one]
    found = list(_found(audited))
    lines = [f"audit: {line}" for line in found]
    if skipped:
        names = ", ".join(skipped[:_SHOWN]) + (", …" if len(skipped) > _SHOWN else "")
        lines.append(
            f"audit: NOT DONE for {len(skipped)} of {len(audited)} packages, unknown where it is asked: {names}"
        )
    if not found and not skipped:
        lines.append(f"audit: no vulnerability is known in {len(audited)} packages")
    return lines, 1 if found else 0


def _found(audited: list[dict[str, Any]]) -> Iterator[str]:
    for one in audited:
        for known in one.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            yield f"{one['name']} {one['version']} has {known['id']}; mended in {mended}"


def said(lines: list[str], code: int) -> int:
    """Say the lines, and return the code."""
    sys.stderr.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
