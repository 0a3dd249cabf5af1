"""Who reads a notice, watched: a letter that does not speak of its reader is the same for all readers."""

from mailgateway.mail.model import Address


class Reader(Address):
    """An address that remembers whether anything of it was asked for."""

    __slots__ = ("was_asked_for",)
    was_asked_for: bool

    def __init__(self, person: Address) -> None:
        super().__init__(person.name, person.address)
        object.__setattr__(self, "was_asked_for", False)

    def __getattribute__(self, name: str) -> object:
        if name in ("name", "address"):
            object.__setattr__(self, "was_asked_for", True)
        return super().__getattribute__(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and (self.name, self.address) == (other.name, other.address)

    def __hash__(self) -> int:
        return hash((self.name, self.address))
