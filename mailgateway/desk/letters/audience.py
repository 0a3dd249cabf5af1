"""Who may read what: asked once more of every finished letter, whoever made it and by whatever path.

What is found here is a mistake of ours or of a template; the letter is not sent.
"""

import re
from collections.abc import Callable, Iterator

from mailgateway.desk.agents.command_lines import begins_with_command, has_marker
from mailgateway.desk.letters.letter import Rendered
from mailgateway.desk.model import Article, ArticleKind, Direction
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.reveals import Reveals

FOR_CUSTOMERS = frozenset(
    {
        NoticeKind.ACKNOWLEDGEMENT,
        NoticeKind.REPLY,
        NoticeKind.STATUS_CHANGED,
        NoticeKind.RATED,
        NoticeKind.ADDED,
        NoticeKind.REMINDER,
        NoticeKind.MERGED,
        NoticeKind.PROBLEM_NEWS,
        NoticeKind.REJECTED,
        NoticeKind.FORWARDED,
        NoticeKind.CUSTOMER_REPORT,
    }
)
_ADDRESS = re.compile(r"[\w.%+&-]{1,64}@[\w.-]{1,253}")
_DESKS_OWN = ("agent:", "group:")


def breach(notice: Notice, rendered: Rendered, policy: Policy) -> str:
    """Return what in a letter its reader must not see, "" where it may be sent."""
    is_public = notice.audience is Audience.CUSTOMER
    if is_public is not (notice.kind in FOR_CUSTOMERS):
        return f"{notice.kind} is not for the audience {notice.audience}"
    if not is_public:
        return _stranger(notice, policy)
    strange = _strange_figures(notice, policy) if notice.kind is NoticeKind.CUSTOMER_REPORT else ""
    return strange or _leak(notice, rendered, policy)


def without_agents(text: str, address: str, policy: Policy, spared: frozenset[str] = frozenset()) -> str:
    """Return a text with `address` in place of every agent's own, but for those that are `spared` (casefolded)."""
    private = private_addresses(policy) - spared
    return _replaced(text, lambda found: address if found.casefold() in private else found)


def private_addresses(policy: Policy) -> frozenset[str]:
    """Return the addresses of all agents, casefolded: no customer's business."""
    return frozenset().union(*(agent.addresses for agent in policy.directory.agents))


def _stranger(notice: Notice, policy: Policy) -> str:
    """What is internal goes to those who work here alone, and reports to those too whom the configuration names."""
    key = notice.recipient.key
    if notice.audience is Audience.ADMIN:
        return "" if key == policy.admin.casefold() else "it is for the admin alone"
    shared = {address.casefold() for group in policy.directory.groups for address in (group.address, group.manager)}
    if key in shared or policy.directory.agent_at(key):
        return ""
    if notice.audience is not Audience.MANAGEMENT:
        return "it is for agents alone"
    named = {address.casefold() for one in policy.reports for address in one.addresses}
    return "" if key in named | {policy.admin.casefold()} else "it is for those alone whom a report names"


def _strange_figures(notice: Notice, policy: Policy) -> str:
    """The figures of an organisation go to its contacts, and name nobody and nothing beside it."""
    shown = notice.values.get("reveals")
    customer = policy.organisations.named(shown.organisation) if isinstance(shown, Reveals) else None
    if customer is None or not isinstance(shown, Reveals):
        return "it does not say whose figures it shows"
    if notice.recipient.key not in {address.casefold() for address in customer.contacts}:
        return f"the figures are those of {customer.name}, and its contacts alone get them"
    return f"it shows {', '.join(shown.inside)}" if shown.inside else ""


def _leak(notice: Notice, rendered: Rendered, policy: Policy) -> str:
    article = notice.article
    if article is not None and article.kind is ArticleKind.NOTE:
        return "it carries a note"
    if notice.bound_to.startswith(_DESKS_OWN):
        return "its reply address is the desk's own"
    if article is not None and article.direction is Direction.OUT and _has_commands(article):
        return "it carries commands"
    shown = "\n".join((rendered.subject, rendered.text, rendered.html or ""))
    private = _shown_of(private_addresses(policy), shown)
    return "it shows an agent's own address" if private and private - _known(notice) else ""


def _shown_of(addresses: frozenset[str], text: str) -> frozenset[str]:
    """Return which of these addresses (casefolded) a text shows."""
    folded = text.casefold()
    # nearly always there is none, and that is seen much faster than addresses are found
    return _found(text) & addresses if any(address in folded for address in addresses) else frozenset()


def _has_commands(article: Article) -> bool:
    return begins_with_command(article.text) or has_marker(article.text)


def _known(notice: Notice) -> frozenset[str]:
    """Return the addresses that are no news to the reader: their own, those of the ticket's people, what they wrote."""
    ticket, article = notice.ticket, notice.article
    people = ticket.people if ticket else ()
    said = [notice.recipient.address, ticket.subject if ticket else "", *_values(notice)]
    if article is not None and article.direction is Direction.IN:
        said += [article.sender.address, article.text, article.html or ""]
    return frozenset(person.key for person in people) | _found("\n".join(said))


def _values(notice: Notice) -> Iterator[str]:
    """Give what the notice tells; what the desk says under each of its mails is no news that excuses anything."""
    return (str(value) for name, value in notice.values.items() if name not in ("brand", "signature"))


def _found(text: str) -> frozenset[str]:
    found: set[str] = set()

    def keep(address: str) -> str:
        found.add(address.casefold())
        return address

    _replaced(text, keep)
    return frozenset(found)


def _replaced(text: str, replacement: Callable[[str], str]) -> str:
    """Put something in the place of every address; dots and dashes at its end belong to the sentence."""
    if "@" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        address = found[0].rstrip(".-")
        return replacement(address) + found[0][len(address) :]

    return _ADDRESS.sub(one, text)
