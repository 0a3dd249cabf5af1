"""Whether a letter that is about no ticket of somebody's speaks of them all the same: a digest, a list, an alarm."""

import re
from collections.abc import Collection

from mailgateway.desk.privacy.person import Person
from mailgateway.mail.model import Mail

_MARK = "\x1a"
_NUMBER = re.compile(r"\d+")


def speaks_of(letter: Mail, person: Person, tickets: Collection[int]) -> bool:
    """Tell whether one of somebody's addresses, or the number of a ticket of theirs, stands in it or in its files."""
    files = [one.content.decode(errors="replace") for one in letter.attachments if not _is_picture(one.content_type)]
    said = "\n".join([letter.subject, letter.text, letter.html or "", *files])
    numbers = {str(number) for number in tickets}
    return bool(person.out_of(said, _MARK) != said) or not numbers.isdisjoint(_NUMBER.findall(said))


def _is_picture(content_type: str) -> bool:
    return content_type.startswith("image/")
