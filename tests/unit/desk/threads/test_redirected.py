"""Mails that reach the mailbox by a detour: an alias, a mailbox that forwards, a person who redirects, a list."""

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Evidence
from mailgateway.desk.plan import Disposition
from mailgateway.desk.threads.naming import keys
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Kind
from mailgateway.mail.parse import parse
from tests.unit.desk.builders import CARLA, make_candidate, make_facts, make_incoming, make_policy, token

POLICY = make_policy()
OWN = OwnMarks(POLICY.domain, POLICY.own_addresses)
SIGNED = token(CARLA.key).address


@pytest.mark.parametrize(
    "way",
    [
        f"To: {SIGNED}\r\nResent-From: desk@old.example\r\nResent-To: support@example.com\r\nResent-Cc: x@old.example",
        f"To: undisclosed-recipients:;\r\nDelivered-To: support@example.com\r\nX-Original-To: {SIGNED}",
        f"To: everybody@customer.example\r\nDelivered-To: support@example.com\r\nDelivered-To: {SIGNED}",
        f"To: desk@old.example\r\nX-Forwarded-To: {SIGNED}\r\nX-Forwarded-For: desk@old.example {SIGNED}",
        f"To: desk@old.example\r\nResent-To: Desk <{SIGNED}>\r\nResent-From: carla@customer.example",
        f"To: desk@old.example\r\nX-Gm-Original-To: {SIGNED}\r\nList-Post: <mailto:support@example.com>\r\nList-Id: s",
        f"To: {SIGNED}\r\nX-MS-Exchange-Inbox-Rules-Loop: desk@old.example\r\nResent-From: <desk@old.example>",
        f"To: x@old.example\r\nX-Delivered-To: {SIGNED}\r\nReturn-Path: <SRS0=ab=cd=customer.example=c@old.example>",
    ],
)
def test_an_answer_that_came_by_a_detour_joins_by_its_reply_address(way: str) -> None:
    """The signed address is found wherever the way was told, and the mail stays what a person wrote."""
    raw = f"{way}\r\nFrom: {CARLA.address}\r\nSubject: Something else\r\nMessage-ID: <2@customer.example>\r\n\r\nThanks"
    mail = parse(raw.encode(), POLICY.reading)
    verdict = classify(mail, OWN)
    assert (verdict.kind, verdict.answerable) == (Kind.NORMAL, True)
    incoming = make_incoming(mail, verdict, keys=keys(mail, verdict, POLICY, "support"))
    plan = decide_mail(incoming, make_facts(make_candidate()), POLICY)
    assert (plan.disposition, plan.ticket, plan.reason) == (Disposition.FOLLOWED_UP, 7, f"by {Evidence.TOKEN.value}")


def test_a_letter_of_ours_that_a_forwarder_sends_back_is_a_loop_however_it_came() -> None:
    """It carries our mark and our Message-ID, whoever redirected it."""
    raw = (
        "Resent-From: carla@customer.example\r\nResent-To: support@example.com\r\nDelivered-To: support@example.com\r\n"
        f"From: Example support <support@example.com>\r\nReply-To: {SIGNED}\r\nTo: {CARLA.address}\r\n"
        "X-Mailgateway: example.com\r\nMessage-ID: <abc@example.com>\r\nSubject: [#7] Printer\r\n\r\nHello"
    )
    assert classify(parse(raw.encode(), POLICY.reading), OWN).kind is Kind.LOOP
