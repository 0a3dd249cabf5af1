"""routing.tests.yaml: mails with what must come of them, run wherever the rules are read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from mailgateway.config.document import Document
from mailgateway.config.kinds import Address, Line, LocalPath, Strict, Truth, Word, wrong
from mailgateway.desk.asking import requester_of
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.policy import Policy
from mailgateway.desk.route import route
from mailgateway.desk.thread import writer
from mailgateway.desk.trust import results
from mailgateway.errors import Finding
from mailgateway.mail.classify import OwnMarks, classify
from mailgateway.mail.model import Address as Person
from mailgateway.mail.model import Attachment, Headers, Kind, Mail
from mailgateway.mail.parse import parse
from mailgateway.mail.reply import split_reply
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.schema import Question, Requester
from mailgateway.rules.text import excerpt

_Text = Annotated[str, Field(strict=True)]
_Addresses = Annotated[tuple[Address, ...], Field(default=())]
_WITH_NAMES_OF_RULES = ("no_acknowledgement", "discard", "quarantine", "reject")


class Fields(Strict):
    """A mail by what rules see of it; what is left out is empty."""

    sender: Address | None = Field(default=None, alias="from", description="the writer's address")
    name: Line | None = Field(default=None, description="the name beside that address")
    to: _Addresses = Field(default=(), description="the addresses in To")
    cc: _Addresses = Field(default=(), description="the addresses in Cc")
    subject: _Text = Field(default="", description="the subject")
    body: _Text = Field(default="", description="the text")
    headers: dict[str, _Text] = Field(default={}, description="other header fields by name")
    attachments: tuple[Line, ...] = Field(default=(), description="names of attachments")
    kind: Kind = Field(default=Kind.NORMAL, description="what kind of mail it is")
    size: int = Field(default=0, strict=True, ge=0, description="its size in bytes")


class Writer(Strict):
    """What the desk knows of the writer before the mail; by default nothing, as of everybody's first mail."""

    known: Truth = Field(default=False, description="whether they had a ticket before")
    open_tickets: int = Field(
        default=0, strict=True, ge=0, description="how many of theirs are neither solved nor closed"
    )

    def as_counted(self) -> Requester:
        """Return it as the database would tell it."""
        return Requester(known=self.known or self.open_tickets > 0, open_tickets=self.open_tickets)


class Expected(Strict):
    """What must come of a mail; what is left out may be anything."""

    matched: tuple[_Text, ...] | None = Field(default=None, description="the rules that match, in order")
    group: Word | None = Field(default=None, description="the group that the ticket goes to")
    assign: Word | None = Field(default=None, description="the agent who gets it")
    priority: Priority | None = Field(default=None, description="its priority")
    type: TicketType | None = Field(default=None, description="its type")
    status: Status | None = Field(default=None, description="its status")
    language: Word | None = Field(default=None, description="its language")
    tags: tuple[_Text, ...] | None = Field(default=None, description="its tags, all of them")
    organisation: Line | None = Field(default=None, description="the organisation that it counts for")
    ci: Line | None = Field(default=None, description="the configuration item that it is about")
    service_level: Word | None = Field(default=None, description="the service-level policy that a rule names")
    fields: dict[str, _Text] | None = Field(default=None, description="its fields, all of them")
    cc: tuple[Address, ...] | None = Field(default=None, description="who is added to it")
    watchers: tuple[Word, ...] | None = Field(default=None, description="the agents who watch it")
    forward: tuple[Address, ...] | None = Field(default=None, description="to whom the mail goes on")
    template: Word | None = Field(default=None, description="the template of the receipt")
    answer: Word | None = Field(default=None, description="the answer that the customer gets")
    no_acknowledgement: Truth | None = Field(default=None, description="whether the receipt is spared")
    discard: Truth | None = Field(default=None, description="whether the mail is discarded")
    quarantine: Truth | None = Field(default=None, description="whether it is quarantined")
    reject: Truth | None = Field(default=None, description="whether it is rejected")


class RuleTest(Strict):
    """One mail, as fields or as a file, and what must come of it."""

    name: Line = Field(description="what failures call it")
    mail: Fields | None = Field(default=None, description="the mail, by its fields")
    file: LocalPath | None = Field(default=None, description="the mail, as a file (.eml)")
    mailbox: Word | None = Field(default=None, description="where it arrives; by default in the first mailbox")
    received: Line | None = Field(default=None, description='when it arrives, such as "2026-11-02 09:30"')
    requester: Writer = Field(default=Writer(), description="what is known of the writer before it")
    expect: Expected = Field(description="what must come of it")

    @model_validator(mode="after")
    def _is_one_mail(self) -> Self:
        if (self.mail is None) == (self.file is None):
            wrong("a test has one mail: write mail: with its fields, or file: with its name")
        return self


class RuleTestsFile(Strict):
    """Tests of the rules."""

    tests: tuple[RuleTest, ...] = Field(description="the tests")


def run_tests(file: RuleTestsFile, document: Document, policy: Policy) -> Iterator[Finding]:
    """Give a finding for everything that comes out otherwise than expected."""
    for number, test in enumerate(file.tests):
        path: EntryPath = ("tests", number)
        if test.mailbox is not None and test.mailbox not in [mailbox.name for mailbox in policy.mailboxes]:
            known = ", ".join(mailbox.name for mailbox in policy.mailboxes)
            yield document.finding((*path, "mailbox"), f"no mailbox is called {test.mailbox}; there are: {known}")
            continue
        question = _question(test, policy)
        if isinstance(question, str):
            yield document.finding((*path, "file" if test.file else "received"), question)
            continue
        for key, problem in _differences(test, question, policy):
            yield document.finding((*path, "expect", key), f"the test {excerpt(test.name)} fails: {problem}")


def _differences(test: RuleTest, question: Question, policy: Policy) -> Iterator[tuple[str, str]]:
    trace = route(policy, question).trace
    final = trace["final"]
    if not isinstance(final, dict):
        return
    got = {**final, "matched": trace["matched"]}
    for key, expected in test.expect.model_dump(mode="json", exclude_none=True).items():
        come: object = bool(got[key]) if key in _WITH_NAMES_OF_RULES else got[key]
        if _in_order(key, come) != _in_order(key, expected):
            by = f" by rule {got[key]}" if key in _WITH_NAMES_OF_RULES and got[key] else ""
            yield key, f"{key} is {_shown(come)}{by}, not {_shown(expected)}; matched: {_shown(trace['matched'])}"


def _in_order(key: str, value: object) -> object:
    return sorted(value) if key in ("tags", "cc", "watchers", "forward") and isinstance(value, list) else value


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _question(test: RuleTest, policy: Policy) -> Question | str:
    """Return the question of a test, or what is wrong with it."""
    mailbox = test.mailbox or policy.mailboxes[0].name
    try:
        received = datetime.fromisoformat(test.received or "2026-11-02 09:30")
    except ValueError:
        return f'{test.received} is no time: write it as "2026-11-02 09:30"'
    received = received if received.tzinfo else received.replace(tzinfo=policy.ruleset.timezone)
    if test.mail is not None:
        mail, kind, size, reply = _mail(test.mail), test.mail.kind, test.mail.size, test.mail.body
    else:
        try:
            raw = Path(str(test.file)).read_bytes()
        except OSError as error:
            return f"the mail cannot be read: {error.strerror}"
        mail = parse(raw, policy.reading)
        kind = classify(mail, OwnMarks(policy.domain, policy.own_addresses)).kind
        size, reply = len(raw), split_reply(mail).text
    return Question(
        mail,
        kind,
        mailbox,
        reply,
        size=size,
        received_at=received,
        requester=requester_of(writer(mail, policy).address, policy, test.requester.as_counted()),
        authentication=results(mail, policy.trusted_authserv),
        calendars=policy.open_calendars(received),
    )


def _mail(fields: Fields) -> Mail:
    return Mail(
        subject=fields.subject,
        sender=Person(fields.name or "", fields.sender) if fields.sender else None,
        to=tuple(Person("", address) for address in fields.to),
        cc=tuple(Person("", address) for address in fields.cc),
        headers=Headers(tuple(fields.headers.items())),
        text=fields.body,
        attachments=tuple(Attachment(name, "application/octet-stream", b"") for name in fields.attachments),
    )
