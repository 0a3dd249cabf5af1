"""routing.tests.yaml: mails and times that have come, each with what the rules must make of it."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from mailgateway.config.reading.kinds import Address, Duration, Line, LocalPath, Strict, Truth, Word, wrong
from mailgateway.desk.model import News, Priority, Status, TicketType
from mailgateway.mail.model import Kind

_Text = Annotated[str, Field(strict=True)]
_Addresses = Annotated[tuple[Address, ...], Field(default=())]


class Fields(Strict):
    """A mail by what rules see of it; what is left out is empty."""

    sender: Address | None = Field(default=None, alias="from", description="the writer's address")
    name: Line | None = Field(default=None, description="the name beside that address")
    to: _Addresses = Field(default=(), description="the addresses in To")
    cc: _Addresses = Field(default=(), description="the addresses in Cc")
    reply_to: _Addresses = Field(default=(), description="the addresses in Reply-To")
    subject: _Text = Field(default="", description="the subject")
    body: _Text = Field(default="", description="the text, with what it quotes")
    headers: dict[str, _Text] = Field(default={}, description="other header fields by name")
    attachments: tuple[Line, ...] = Field(default=(), description="names of attachments")
    kind: Kind = Field(default=Kind.NORMAL, description="what kind of mail it is")
    size: int = Field(default=0, strict=True, ge=0, description="its size in bytes")


class Existing(Strict):
    """The ticket that a mail joins, or whose time has come. What is left out is as the mailbox's default says.

    Ages are counted back from the moment of the test: without `age` the ticket is as old as the others say.
    """

    subject: _Text = Field(default="", description="its subject, for timers")
    status: Status = Field(default=Status.OPEN, description="its status")
    group: Word | None = Field(default=None, description="its group")
    assignee: Word | None = Field(default=None, description="the agent who has it; none by default")
    priority: Priority | None = Field(default=None, description="its priority")
    type: TicketType | None = Field(default=None, description="its type")
    language: Word | None = Field(default=None, description="the language in which its customer is written to")
    tags: tuple[_Text, ...] = Field(default=(), description="its tags")
    organisation: Line | None = Field(default=None, description="the organisation that it counts for")
    ci: Line | None = Field(default=None, description="the configuration item that it is about")
    age: Duration | None = Field(default=None, description="how long ago it was opened")
    status_age: Duration | None = Field(default=None, description="how long it has its status; none by default")
    idle: Duration | None = Field(default=None, description="how long nothing happened to it; none by default")

    @property
    def oldest(self) -> timedelta:
        """How long ago it was opened."""
        return self.age or max(self.status_age or timedelta(0), self.idle or timedelta(0))


class Writer(Strict):
    """What the desk knows of the writer before the mail; by default nothing, as of everybody's first mail."""

    address: Address | None = Field(default=None, description="who they are, where no mail says so: for timers")
    known: Truth = Field(default=False, description="whether they had a ticket before")
    open_tickets: int = Field(
        default=0, strict=True, ge=0, description="how many of theirs are neither solved nor closed"
    )


class Expected(Strict):
    """What must come of it; what is left out may be anything. A ticket that was there keeps what no rule decides."""

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
    webhook: tuple[Word, ...] | None = Field(default=None, description="the webhooks that are called")
    link: int | None = Field(default=None, strict=True, ge=1, description="the problem that it is tied to")
    no_status_mails: tuple[News, ...] | None = Field(default=None, description="what customers are not told of")
    no_acknowledgement: Truth | None = Field(default=None, description="whether the receipt is spared")
    discard: Truth | None = Field(default=None, description="whether the mail is discarded")
    quarantine: Truth | None = Field(default=None, description="whether it is quarantined")
    reject: Truth | None = Field(default=None, description="whether it is rejected")


class RuleTest(Strict):
    """One mail, as fields or as a file, and what must come of it; or a ticket alone, whose time has come."""

    name: Line = Field(description="what failures call it")
    mail: Fields | None = Field(default=None, description="the mail, by its fields")
    file: LocalPath | None = Field(default=None, description="the mail, as a file (.eml)")
    ticket: Existing | None = Field(
        default=None, description="the ticket that the mail joins; without a mail, what rules with on: timer are asked"
    )
    mailbox: Word | None = Field(default=None, description="where it arrives; by default in the first mailbox")
    received: Line | None = Field(default=None, description='when it arrives, such as "2026-11-02 09:30"')
    requester: Writer = Field(default=Writer(), description="what is known of the writer before it")
    expect: Expected = Field(description="what must come of it")

    @model_validator(mode="after")
    def _is_one_mail(self) -> Self:
        mails = (self.mail is not None) + (self.file is not None)
        if mails > 1 or (not mails and self.ticket is None):
            mend = "or, for rules with on: timer, ticket: alone"
            wrong(f"a test has one mail: write mail: with its fields, or file: with its name; {mend}")
        return self


class RuleTestsFile(Strict):
    """Tests of the rules."""

    tests: tuple[RuleTest, ...] = Field(description="the tests")
