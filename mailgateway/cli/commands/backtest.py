"""`mailgateway rules backtest`: what would rules change, had they been there already?"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import clean, complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.options import AsJson
from mailgateway.cli.progress import progress
from mailgateway.clock import now
from mailgateway.config.load import load
from mailgateway.config.policy import policy as policy_of
from mailgateway.desk.backtest import Judged, judge
from mailgateway.desk.policy import Policy
from mailgateway.errors import GatewayError
from mailgateway.flows.backtest import Tally
from mailgateway.rules.findings import Wrong
from mailgateway.rules.measures import Sort, read_number
from mailgateway.store.blobs import Blobs
from mailgateway.store.received import Received, received_since

_PROCESSES = 2
_CHUNK = 100
_SMALL = 200
"""Fewer mails are judged here: to start a process takes longer."""

_MOST_LISTED = 20


def backtest(
    ctx: typer.Context,
    *,
    rules: Annotated[Path | None, typer.Option("--rules", help="The new rules; else those that are in force.")] = None,
    since: Annotated[str, typer.Option("--since", help="How far back, such as 90d or 2w.")] = "90d",
    as_object: AsJson = False,
) -> None:
    """Run rules over the mail already received, and show what they would change."""
    began = _since(since)
    configuration = invocation(ctx).config
    settings = load(configuration, rules=rules)
    policy = policy_of(settings, ())
    tally = Tally()
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        mails = list(received_since(tx, began))
    with progress(len(mails)) as shown:
        for chunk in _judged(mails, policy, (configuration, rules, settings.blobs)):
            tally.add(chunk)
            if not as_object and len(mails) > _SMALL:
                shown.step(len(chunk), f"{tally.mails} of {len(mails)} mails", is_odd=False)
    found = tally.as_json((rule.name for rule in settings.ruleset.rules), settings.ruleset.version)
    if as_object:
        say_json(found)
    else:
        _show(found)


def _since(written: str) -> datetime:
    try:
        return now() - timedelta(seconds=read_number(written, Sort.DURATION))
    except Wrong as wrong:
        complain(f"--since: {wrong}")
        raise typer.Exit(2) from None


_Sources = tuple[Path, Path | None, str]
_Compared = list[tuple[Received, Judged]]


def _judged(mails: list[Received], policy: Policy, sources: _Sources) -> Iterator[_Compared]:
    chunks = [mails[start : start + _CHUNK] for start in range(0, len(mails), _CHUNK)]
    if len(mails) <= _SMALL:
        blobs = Blobs(sources[2])
        yield from (_compare(chunk, policy, blobs) for chunk in chunks)
        return
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn"), _begin, sources) as pool:
        yield from pool.map(_work, chunks)


def _compare(chunk: list[Received], policy: Policy, blobs: Blobs) -> _Compared:
    compared: _Compared = []
    for one in chunk:
        try:
            raw = blobs.get(one.sha256)
        except GatewayError:
            continue  # bytes that were erased are no mail to judge any more
        compared.append((one, judge(raw, one.mailbox, one.received_at, policy)))
    return compared


class _Worker:
    """What a process of its own has ready for every chunk."""

    policy: Policy
    blobs: Blobs


def _begin(configuration: Path, rules: Path | None, blobs: str) -> None:
    _Worker.policy = policy_of(load(configuration, rules=rules), ())
    _Worker.blobs = Blobs(blobs)


def _work(chunk: list[Received]) -> _Compared:
    return _compare(chunk, _Worker.policy, _Worker.blobs)


def _show(found: dict[str, Any]) -> None:
    say(f"{found['mails']} mails, {found['changed']} of them would go elsewhere")
    for move in found["moves"]:
        say(clean(f"  {move['count']:>6}  {move['from']} -> {move['to']}"))
        for example in move["examples"]:
            number = f"#{example['ticket']} " if example["ticket"] else ""
            by = ", ".join(example["matched"]) or "no rule"
            say(clean(f"          {number}{example['subject']} ({by})", 200))
    if found["hottest"]:
        say("the rules that matched most:")
        for one in found["hottest"]:
            say(clean(f"  {one['count']:>6}  {one['rule']}"))
    if found["never_matched"]:
        listed = ", ".join(found["never_matched"][:_MOST_LISTED])
        more = len(found["never_matched"]) - _MOST_LISTED
        say(clean(f"rules that never matched: {listed}{f' and {more} more' if more > 0 else ''}", 2_000))
