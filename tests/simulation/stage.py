"""What customers and agents write with: their inboxes, fresh words and ids, and the truth that grows with each mail."""

import random
from collections import defaultdict, deque
from dataclasses import dataclass

from tests.simulation.clients import Body, Head, mail
from tests.simulation.people import SECRET, Cast
from tests.simulation.truth import Matter, Sort, Truth, Written
from tests.simulation.world import Arrived, World

SUPPORT = "support@example.com"
_REMEMBERED = 6
_SENTENCES = (
    "the machine shows an error and nobody knows why",
    "we tried to turn it off and on again",
    "drukarka znów nie działa, proszę o pomoc",
    "please call me back before noon",
    "es geht immer noch nicht, größere Störung",
    "our customers are waiting, thank you very much",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A letter in somebody's inbox, and the matter that it is about."""

    arrived: Arrived
    matter: Matter


class Stage:
    """The world as seen by those who write. Everything by chance comes from `chance`."""

    def __init__(self, world: World, cast: Cast, chance: random.Random) -> None:
        """Begin with empty inboxes."""
        self.world, self.cast, self.chance = world, cast, chance
        self.truth = Truth()
        self.inbox: dict[str, deque[Held]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self.news: list[Held] = []
        self.round = 0
        self._ids = 0

    def word(self, kind: str) -> str:
        """Return a word that stands nowhere else."""
        return f"{kind}{len(self.truth.mails)}x"

    def secret(self) -> str:
        """Return a word that no customer may ever see."""
        made = f"{SECRET}{len(self.truth.secrets)}secretq"
        self.truth.secrets.add(made)
        return made

    def words(self, word: str) -> str:
        """Return what somebody writes, with the word in it."""
        first, second = self.chance.sample(_SENTENCES, 2)
        return f"{first.capitalize()}.\n{second.capitalize()}: {word} it says."

    def fresh_id(self, domain: str) -> str:
        """Return a Message-ID without its brackets."""
        self._ids += 1
        return f"{self._ids}.{self.chance.getrandbits(64):x}@{domain}"

    def subject(self) -> str:
        """Return the subject of a new matter, like no other."""
        about = self.chance.choice(("Printer", "Invoice", "Log-in", "Zgubione hasło", "VPN bricht ab", "Bestellung"))
        return f"{about} {len(self.truth.matters)}/{self.chance.randrange(1000, 9999)}"

    def matter(self, requester: str, subject: str, opening_id: str, thread_index: str = "") -> Matter:
        """Begin a matter."""
        made = Matter(len(self.truth.matters), requester, subject, opening_id, thread_index, {requester})
        self.truth.matters.append(made)
        return made

    def write(self, sort: Sort, how: str, matter: Matter, word: str, head: Head, body: Body | bytes) -> Written:
        """Let a mail arrive; `body` as bytes is the whole mail."""
        raw = body if isinstance(body, bytes) else mail(head, body)
        made = Written(
            len(self.truth.mails), sort, head.sender[1], how, matter, head.message_id, word, raw, round=self.round
        )
        self.truth.mails.append(made)
        self.world.office.write(raw)
        return made
