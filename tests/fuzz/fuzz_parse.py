"""Coverage-guided fuzzing of the understanding of mail, with atheris; see docs/parsing.md for how to run it.

A finding is any exception, an answer that is no JSON, a mail that takes longer than the bound, or memory beyond a small
multiple of its size. It becomes a test in tests/unit/mail.
"""

import json
import sys
import time

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore] # on no lock: see docs/parsing.md

with atheris.instrument_imports(include=["mailgateway.mail"]):
    from mailgateway.mail.describe import describe
    from mailgateway.mail.identity import identity
    from mailgateway.mail.parse import looks_like_mail

_SECONDS = 2.0


def understand(raw: bytes) -> None:
    """Understand the bytes whole, as the gateway does."""
    began = time.process_time()
    looks_like_mail(raw)
    json.dumps(describe("fuzzed", raw)).encode("utf-8")
    identity(raw)
    took = time.process_time() - began
    if took > _SECONDS:
        message = f"{len(raw)} bytes took {took:.1f} s"
        raise TimeoutError(message)


if __name__ == "__main__":
    atheris.Setup(sys.argv, understand)
    atheris.Fuzz()
