"""Whom a privacy request is about, and what is kept about them."""

from collections.abc import Sequence
from typing import Annotated

import typer

from mailgateway.app import Gateway
from mailgateway.cli.lines import say
from mailgateway.cli.typed.addresses import address
from mailgateway.cli.views.progress import progress
from mailgateway.flows.privacy.find import Found, find, way

Addresses = Annotated[list[str], typer.Argument(metavar="ADDRESS", help="The addresses of one person.")]

WORDS = {
    "tickets": "tickets of theirs",
    "shared_tickets": "tickets of others that they are found in",
    "articles": "articles",
    "attachments": "attachments",
    "mails": "mails as they came",
    "letters": "letters",
    "calls": "calls of webhooks",
    "suppressions": "addresses that nothing is sent to",
    "unsubscriptions": "wishes for fewer mails",
}
"""What can be kept about a person, in the words that are shown."""


def look_for(gateway: Gateway, addresses: Sequence[str]) -> Found:
    """Look for a person, with progress."""
    wanted = [address(one) for one in addresses]
    with progress(way(gateway.store), "looked at") as shown:
        return find(gateway.store, wanted, lambda done: shown.step(done, "", is_odd=False))


def say_counts(counts: dict[str, int]) -> None:
    """Show how much there is of what."""
    for name, words in WORDS.items():
        if counts.get(name):
            say(f"  {counts[name]:>7}  {words}")
