"""`mailgateway rules backtest`: what would rules change, had they been there already?"""

import signal
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import clean, say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.progress import Shown, progress
from mailgateway.clock import now
from mailgateway.config.load import load
from mailgateway.config.policy import policy as policy_of
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.backtest import Judged, judge
from mailgateway.errors import GatewayError
from mailgateway.flows.backtest import Tally
from mailgateway.rules.findings import Wrong
from mailgateway.rules.measures import Sort, read_number
from mailgateway.store.blobs import Blobs
from mailgateway.store.engine import Store
from mailgateway.store.incoming.received import Received, count_since, received_since

_PROCESSES = 2
_CHUNK = 250
_IN_HAND = 2 * _PROCESSES
_LINES = 20
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
    with opened(ctx) as gateway:
        with gateway.store.reading() as tx:
            total = count_since(tx, began)
        chunks = _chunks(gateway.store, began)
        judge_all = _judged_here(chunks, policy, gateway.store.blobs)
        if total > _SMALL:
            judge_all = _judged_by_many(chunks, (configuration, rules))
        with progress(total) as shown, closing(judge_all) as judged:
            for asked, compared in judged:
                tally.add(compared, asked)
                if total > _SMALL and not as_object:
                    _tell(shown, tally, total, asked)
    found = tally.as_json((rule.name for rule in settings.ruleset.rules), settings.ruleset.version)
    if as_object:
        say_json(found)
    else:
        _show(found)


def _since(written: str) -> datetime:
    try:
        return now() - timedelta(seconds=read_number(written, Sort.DURATION))
    except Wrong as wrong:
        raise wrong_usage(f"--since: {wrong}") from None


_Sources = tuple[Path, Path | None]
_Compared = list[tuple[Received, Judged]]
_Judging = Generator[tuple[int, _Compared]]
"""How many mails were asked for, and those that could be judged."""


def _chunks(store: Store, since: datetime) -> Iterator[tuple[Received, ...]]:
    """Read what was received, a little at a time, and nothing while that is judged: memory stays as it is."""
    after = 0
    while True:
        with store.reading() as tx:
            chunk = received_since(tx, since, after, _CHUNK)
        if not chunk:
            return
        yield chunk
        after = chunk[-1].spool_id


def _judged_here(chunks: Iterator[tuple[Received, ...]], policy: Policy, blobs: Blobs) -> _Judging:
    for chunk in chunks:
        yield len(chunk), _compare(chunk, policy, blobs)


def _judged_by_many(chunks: Iterator[tuple[Received, ...]], sources: _Sources) -> _Judging:
    """Judge in processes of their own, with a few chunks in hand; what comes back is in the order of the mails."""
    pool = ProcessPoolExecutor(_PROCESSES, get_context("spawn"), _begin, (*sources,))
    in_hand: deque[tuple[int, Future[_Compared]]] = deque()
    try:
        for chunk in chunks:
            in_hand.append((len(chunk), pool.submit(_work, chunk)))
            if len(in_hand) > _IN_HAND:
                asked, judged = in_hand.popleft()
                yield asked, judged.result()
        for asked, judged in in_hand:
            yield asked, judged.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _tell(shown: Shown, tally: Tally, total: int, asked: int) -> None:
    """Move the bar; where there is none, say a line for every twentieth part."""
    before, step = tally.asked - asked, max(1, total // _LINES)
    if sys.stderr.isatty() or tally.asked // step > before // step:
        shown.step(asked, f"{tally.asked} of {total} mails", is_odd=False)


def _compare(chunk: Sequence[Received], policy: Policy, blobs: Blobs) -> _Compared:
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


def _begin(configuration: Path, rules: Path | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who gave the work out, and who then ends it
    settings = load(configuration, rules=rules, tested=False)
    _Worker.policy = policy_of(settings, ())
    _Worker.blobs = Blobs(settings.blobs_at())


def _work(chunk: Sequence[Received]) -> _Compared:
    return _compare(chunk, _Worker.policy, _Worker.blobs)


def _show(found: dict[str, Any]) -> None:
    say(f"{found['mails']} mails, {found['changed']} of them would go elsewhere")
    if found["gone"]:
        say(f"{found['gone']} mails more cannot be read any more")
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
