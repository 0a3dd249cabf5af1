"""The files of a mail are looked at before any of them is kept: those that are refused stay as a name and a reason."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from mailgateway.desk.files.policy import FilePolicy, Refusal
from mailgateway.mail.content.inside import (
    MOST_MAILS,
    endings_of,
    is_mail,
    is_picture,
    may_be_opened,
    names_inside,
    seeming_type,
)
from mailgateway.mail.model import Attachment, Mail

_WEB = "com"
"""Ends the names of programs of old, and of web sites: nobody's computer starts a picture for it."""


def screened(mail: Mail, policy: FilePolicy) -> Mail:
    """Return the mail with those of its files marked as refused that the policy does not take."""
    files: list[Attachment] = []
    total = mails = 0
    for file in mail.attachments:
        opens = policy.looks_inside and may_be_opened(file.content)
        mails += opens
        # each is cheap, and there may be a thousand: what is not looked into is not kept
        why = file.refused or (Refusal.SIZE.about() if opens and mails > MOST_MAILS else against(file, policy))
        if not why and policy.mail_size is not None and total + file.size > policy.mail_size:
            why = Refusal.TOTAL.about()
        total += 0 if why else file.size
        files.append(replace(file, refused=why) if why != file.refused else file)
    return _with(mail, tuple(files))


def judged(mail: Mail, found: Mapping[str, str]) -> Mail:
    """Return the mail with those of its files marked as refused that a scanner objects to, by their SHA-256."""
    return _with(mail, tuple(_judged(file, found) for file in mail.attachments))


def unscanned(mail: Mail) -> tuple[Attachment, ...]:
    """Return the files that a scanner has to look at, each content once."""
    return tuple({file.sha256: file for file in mail.attachments if not file.refused}.values())


def against(file: Attachment, policy: FilePolicy) -> str:
    """Return why a file is refused for what it is, "" where it is not: its name, its content, and what is in it."""
    inside = names_inside(file.content) if policy.looks_inside else ()
    if inside is None:
        return Refusal.SIZE.about()
    for ending in chain(_own_endings(file), *map(endings_of, inside)):
        if policy.refuses_ending(ending):
            return Refusal.TYPE.about(f".{ending}")
    seeming = seeming_type(file.content)
    if seeming and policy.refuses_type(seeming):
        return Refusal.TYPE.about(seeming)
    if policy.refuses_type(file.content_type):
        return Refusal.TYPE.about(file.content_type)
    if policy.file_size is not None and file.size > policy.file_size:
        return Refusal.SIZE.about()
    return ""


def _own_endings(file: Attachment) -> tuple[str, ...]:
    """Return the endings of a file's own name, without those that are a subject's or a web site's."""
    if is_mail(file.content_type, file.content):
        return ()
    endings = endings_of(file.filename)
    return () if endings == (_WEB,) and is_picture(file.content_type, file.content) else endings


def refused(mail: Mail) -> tuple[Attachment, ...]:
    """Return the files of a mail that are not kept."""
    return tuple(file for file in mail.attachments if file.refused)


def _judged(file: Attachment, found: Mapping[str, str]) -> Attachment:
    why = "" if file.refused else found.get(file.sha256, "")
    return replace(file, refused=why) if why else file


def _with(mail: Mail, files: tuple[Attachment, ...]) -> Mail:
    return mail if files == mail.attachments else replace(mail, attachments=files)
