"""What every flow works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mailgateway.desk.policy import Policy
from mailgateway.flows.health.observer import UNOBSERVED, Observer
from mailgateway.flows.health.signs import Signs
from mailgateway.flows.scanner import Scanner
from mailgateway.mail.model import Letter
from mailgateway.store.engine import Store

if TYPE_CHECKING:
    # who only looks at the store writes no letters, and does not wait for what does
    from mailgateway.render.notices import Renderer

Stop = Callable[[], bool]
"""Asked between two mails, never inside one: whether to leave off."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, the renderer, the policy in force, and the clock.

    `policy`, `renderer`, `observer` and `scanner` are asked anew for every mail: a reload takes effect between two.
    `letters_waiting` is called after letters were queued; `sign` puts a signature on a letter that is written.
    `observer` is told of what was done; `scanner` looks for viruses, where there is one. `host` is what signs of life
    are given as, "" where there is no other host.
    """

    store: Store
    policy: Callable[[], Policy]
    renderer: Callable[[], Renderer]
    clock: Callable[[], datetime]
    letters_waiting: Callable[[], None]
    sign: Callable[[Letter], Letter]
    observer: Callable[[], Observer] = lambda: UNOBSERVED
    scanner: Callable[[], Scanner | None] = lambda: None
    host: str = ""
    signs: Signs = field(default_factory=Signs)
