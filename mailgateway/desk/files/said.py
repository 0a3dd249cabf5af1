"""What is said of a file that is not kept, in a line for whoever works here."""

from mailgateway.desk.agents.misread import shown
from mailgateway.desk.files.policy import Refusal

_WHY = {
    Refusal.TYPE: "files of this kind are not accepted",
    Refusal.SIZE: "it is too large",
    Refusal.TOTAL: "the files are too large together",
    Refusal.INFECTED: "a virus was found in it",
    Refusal.UNSCANNED: "it is too large to be scanned for viruses",
}


def why(refused: str) -> str:
    """Return a refusal in words, with what was found."""
    word, _, detail = refused.partition(" ")
    return _WHY[Refusal(word)] + (f" ({detail})" if detail else "")


def not_sent(filename: str, refused: str) -> str:
    """Return what an agent is told whose mail was not carried out for a file: words about it do not go without it."""
    return f"{shown(filename)}: {why(refused)}; write again without it"
