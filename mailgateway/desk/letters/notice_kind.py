"""The kinds of mails that we send; `plan` gives the word on with the notice itself."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Every mail that we send, by the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    STATUS_CHANGED = "status_changed"
    RATED = "rated"
    ADDED = "added"
    REMINDER = "reminder"
    AGENT_NOTIFICATION = "agent_notification"
    AGENT_FOLLOW_UP = "agent_follow_up"
    MERGED = "merged"
    AGENT_REMINDER = "agent_reminder"
    AGENT_RECEIPT = "agent_receipt"
    ESCALATION = "escalation"
    TO_AND_FRO = "to_and_fro"
    PROBLEM_NEWS = "problem_news"
    PROBLEM_SUGGESTION = "problem_suggestion"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    ANSWER_HELD = "answer_held"
    COMMANDS_REFUSED = "commands_refused"
    UNDELIVERED = "undelivered"
    ALARM = "alarm"
    QUARANTINE_DIGEST = "quarantine_digest"
    QUARANTINE_RECEIPT = "quarantine_receipt"
    REPORT = "report"
    CUSTOMER_REPORT = "customer_report"
    DIGEST = "digest"
