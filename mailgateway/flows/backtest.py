"""What other rules would have made of the mail already received: counted, with examples."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailgateway.desk.routing.backtest import Judged
from mailgateway.store.incoming.received import Received

EXAMPLES = 3
HOTTEST = 10

Move = tuple[str, str]
"""Where a mail went, and where it would go."""


@dataclass(slots=True)
class Tally:
    """What was counted so far: mails asked for, and those of them that could be judged."""

    asked: int = 0
    mails: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    examples: dict[Move, list[tuple[Received, Judged]]] = field(default_factory=lambda: defaultdict(list))
    matches: Counter[str] = field(default_factory=Counter)

    def add(self, compared: Iterable[tuple[Received, Judged]], asked: int) -> None:
        """Count mails with what became of them, and what would, out of so many."""
        self.asked += asked
        for received, judged in compared:
            self.mails += 1
            self.matches.update(judged.matched)
            move = (received.went_to, judged.goes_to)
            if received.went_to != judged.goes_to:
                self.moves[move] += 1
                if len(self.examples[move]) < EXAMPLES:
                    self.examples[move].append((received, judged))

    def as_json(self, rules: Iterable[str], version: str) -> dict[str, object]:
        """Return everything as plain JSON values; `rules` are the names of all rules that were tried."""
        return {
            "mails": self.mails,
            "gone": self.asked - self.mails,
            "changed": self.moves.total(),
            "moves": [
                {"from": move[0], "to": move[1], "count": count, "examples": self._examples(move)}
                for move, count in self.moves.most_common()
            ],
            "hottest": [{"rule": rule, "count": count} for rule, count in self.matches.most_common(HOTTEST)],
            "never_matched": [rule for rule in rules if rule not in self.matches],
            "version": version,
        }

    def _examples(self, move: Move) -> list[dict[str, object]]:
        return [
            {"ticket": received.ticket, "subject": received.subject, "matched": list(judged.matched)}
            for received, judged in self.examples[move]
        ]
