"""Which letter of ours a machine's mail is about, where the address it was sent to names the letter."""

from dataclasses import replace

from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Mail, Verdict
from mailgateway.mail.outgoing.verp import read_verp_address
from mailgateway.mail.recipients import recipients


def about_its_letter(mail: Mail, verdict: Verdict, policy: Policy) -> Verdict:
    """Return the verdict with the letter that the mail came back to; a person's mail is about what its writer says.

    What the envelope names outweighs what the text of a report names: relays give letters ids of their own.
    """
    if not verdict.is_machine:
        return verdict
    return next((replace(verdict, about=named) for named in _named(mail, policy) if named), verdict)


def _named(mail: Mail, policy: Policy) -> list[str]:
    return [read_verp_address(person.address, policy.own_addresses, policy.domain) for person in recipients(mail)]
