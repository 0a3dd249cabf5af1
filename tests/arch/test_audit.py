"""The audit of dependencies: what is known fails, what cannot be asked is said, and licences are such as we may use."""

import re
import runpy
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
_AUDIT = runpy.run_path(str(_ROOT / "requirements" / "audit.py"))
_FREE = re.compile(r"\b(MIT|BSD|0BSD|Apache|ISC|MPL|PSF|Python Software Foundation|LGPL|Zlib|CC0|HPND|DFSG|Unlicense)")
_UNSAID = {"imapclient": "BSD-3-Clause"}
"""Packages whose metadata says nothing, with the licence that their own file states."""


def audited(*packages: dict[str, Any]) -> tuple[str, int]:
    """Return what is said of an audit, and how it ends."""
    lines, code = _AUDIT["verdict"]({"dependencies": list(packages)})
    return "\n".join(lines), code


def test_a_known_vulnerability_fails() -> None:
    """With its name, and the version that mends it."""
    bad = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]}
    said, code = audited({"name": "rich", "version": "14", "vulns": []}, bad)
    assert code == 1
    assert "jinja2 2.0 has PYSEC-1; mended in 3.1.6" in said


def test_what_cannot_be_asked_is_said_and_does_not_fail() -> None:
    """Nobody takes silence for an all-clear."""
    said, code = audited({"name": "jinja2", "skip_reason": "not found"}, {"name": "rich", "version": "14", "vulns": []})
    assert code == 0
    assert "NOT DONE for 1 of 2" in said
    assert "no vulnerability" not in said


_NO_WAY = "requests.exceptions.ProxyError: HTTPSConnectionPool(host='index.example', port=443): Max retries exceeded"
_NO_CONNECTION = "ERROR:pip_audit._cli:Could not connect to the vulnerability feed\nERROR:pip_audit._cli:Tip: another"


@pytest.mark.parametrize(
    ("err", "beginning", "code"),
    [
        (f"Traceback (most recent call last):\n{_NO_WAY}\n", "NOT DONE", 0),
        (_NO_CONNECTION, "NOT DONE", 0),
        ("python: No module named pip_audit\n", "FAILED: pip-audit is broken: python: No module named", 2),
        ("Traceback (most recent call last):\nTypeError: what\n", "FAILED: pip-audit is broken: TypeError: what", 2),
        ("", "FAILED", 2),
    ],
)
def test_an_audit_that_is_broken_is_no_database_that_is_away(err: str, beginning: str, code: int) -> None:
    """One works without a network; without the audit nobody would notice for how long there was none."""
    [line], ended = _AUDIT["outcome"]("", err)
    assert line.startswith(f"audit: {beginning}")
    assert ended == code


def test_an_all_clear_is_one() -> None:
    """Every package was asked about."""
    said, code = audited({"name": "rich", "version": "14", "vulns": []})
    assert (said, code) == ("audit: no vulnerability is known in 1 packages", 0)


def _packages() -> list[str]:
    lock = (_ROOT / "requirements" / "runtime.lock").read_text("utf-8")
    installed = {str(one.metadata["Name"]).lower().replace("_", "-") for one in metadata.distributions()}
    # the others are for another system, or another Python
    return sorted(installed & set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE)))


def _licence(of: metadata.PackageMetadata) -> str:
    classifiers = [one.rpartition(" :: ")[2] for one in of.get_all("Classifier") or () if one.startswith("License")]
    stated = [of.get_all(name) or [""] for name in ("License-Expression", "License")]
    return stated[0][0] or " ".join(classifiers) or stated[1][0]


def test_every_package_is_pinned_by_hash() -> None:
    """Nobody can put another file in its place."""
    for name in ("runtime", "demo", "dev"):
        lock = (_ROOT / "requirements" / f"{name}.lock").read_text("utf-8")
        pinned = re.findall(
            r"^[a-z0-9._-]+==[^\n]+\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.MULTILINE
        )
        assert len(pinned) == len(re.findall(r"^[a-z0-9._-]+==", lock, re.MULTILINE))


@pytest.mark.parametrize("name", _packages())
def test_every_licence_lets_us_use_it(name: str) -> None:
    """None of what is installed to run the gateway binds its users to more than its own licence does."""
    licence = _UNSAID.get(name) or _licence(metadata.metadata(name))
    assert _FREE.search(licence), licence
    assert not re.search(r"\bA?GPL", licence)
