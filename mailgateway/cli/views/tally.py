"""What an order about letters or calls, each named by its id, came to."""

from dataclasses import dataclass

import typer

from mailgateway.cli.lines import complain, say, say_json


@dataclass(frozen=True, slots=True)
class Tally:
    """It was done to so many of those asked for. `otherwise` is what the others may be, `shown_by` what shows them."""

    done: int
    asked: int
    what: str
    otherwise: str
    shown_by: str

    def tell(self, *, as_object: bool) -> None:
        """Say so, and leave with exit code 1 where it was not done to all."""
        if as_object:
            say_json({"done": self.done, "asked": self.asked})
        else:
            say(f"{self.done} of {self.asked} {self.what}.")
        if self.done < self.asked:
            left = self.asked - self.done
            complain(f"{left} left as they are: {self.otherwise}; `mailgateway {self.shown_by}` shows them")
            raise typer.Exit(1)
