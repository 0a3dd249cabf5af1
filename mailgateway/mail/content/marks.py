"""How mail programs mark in their HTML what is quoted, forwarded and signed."""

import re
from enum import Enum


class Mark(Enum):
    """What the HTML says about a line beyond its words."""

    NONE = 0
    ATTRIBUTION = 1
    """The client's own line that introduces a quotation."""
    HISTORY = 2
    """From here on the client put the history, whatever it looks like."""
    FORWARD = 3
    """From here on the client put a forwarded mail."""
    SIGNATURE = 4
    """A part of the sender's signature."""
    BEHIND = 5
    """Behind the element that holds the history."""


# How class, id or name begin (or what they are) by which clients mark what they put around a reply, in lower case.
_HISTORY = (
    "divrplyfwdmsg", "appendonsend", "yahoo_quoted", "zwchr", "stopspelling", "olk_src_body_section", "replysplit",
    "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message", "ymail_android_quoted",
    "ydpyahoo_quoted", "wmquote", "reply_container", "x_divrplyfwdmsg", "x_appendonsend",
    "zmail_extra", "messagereplysection", "isreplycontent", "x_ms-outlook-mobile-reference-message",
)  # fmt: skip
_WRAPPING = (
    "yahoo_quoted", "ydpyahoo_quoted", "ymail_android_quoted", "zmail_extra", "isreplycontent", "messagereplysection",
    "mail-editor-reference-message-container",
)  # fmt: skip
"""Those that hold the whole history, so that it ends with them."""
_ATTRIBUTIONS = (
    "gmail_attr",
    "moz-cite-prefix",
    "reply-intro",
    "tutanota_quote_header",
    "moz-email-headers-table",
    "front-blockquote-intro",
)
_FORWARDS = ("moz-forward-container", "forwardedmessage")
_SIGNATURES = (
    "gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature",
    "protonmail_signature_block", "signature", "x_signature",
    "divtagdefaultwrapper_signature", "ymail_android_signature", "elementtoproof_signature",
    "front-signature", "messagesignaturesection", "dab4fad8-2dd7-40bb-a1b8-4e2aa1f9fdf2",
)  # fmt: skip

_STRUCTURE = ("<blockquote", "border-top:solid #", *_HISTORY, *_ATTRIBUTIONS, *_FORWARDS, *_SIGNATURES)

_OUTLOOK_BLOCK = re.compile(r"border:none;border-top:solid#[0-9a-f]{6}1\.0pt;padding:3\.0pt", re.IGNORECASE)
"""How desktop Outlook draws the line above the fields of the older mail, in whatever language they are."""


def mark_of(tag: str, found: dict[str, str]) -> Mark:
    """Return what the attributes of an element say about what stands in it."""
    if tag == "div" and "border-top" in found.get("style", "")[:300]:
        style = re.sub(r"\s", "", found["style"][:300])
        if _OUTLOOK_BLOCK.search(style):
            return Mark.HISTORY
    names = (found.get("class", "") + " " + found.get("id", "") + " " + found.get("name", "")).casefold().split()
    for name in names:
        if name.startswith(_HISTORY):
            return Mark.HISTORY
        if name in _ATTRIBUTIONS:
            return Mark.ATTRIBUTION
        if name in _FORWARDS:
            return Mark.FORWARD
        if name in _SIGNATURES and tag != "a":
            return Mark.SIGNATURE
    return Mark.NONE


def wraps_history(found: dict[str, str]) -> bool:
    """Tell whether an element that is marked as the history holds all of it."""
    names = (found.get("class", "") + " " + found.get("id", "") + " " + found.get("name", "")).casefold().split()
    return any(name.startswith(_WRAPPING) for name in names)


def has_structure(source: str) -> bool:
    """Tell whether HTML marks what is quoted or signed, so that it says more about a reply than plain text does."""
    lowered = source.lower()
    return any(name in lowered for name in _STRUCTURE)
