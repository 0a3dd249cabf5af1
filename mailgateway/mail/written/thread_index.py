"""The Thread-Index field of Exchange and Outlook: 22 bytes that name a conversation, 5 more for each answer in it."""

import base64
import binascii

_HEAD = 22
_LONGEST = 4_000


def conversation(value: str) -> str:
    """Return the name of the conversation that a Thread-Index value is about, "" where it is none.

    The head is a byte 1, a time, and a GUID (MS-OXOMSG section 2.2.1.3). Only its GUID, the last 16 bytes of the head,
    and the time before it make it unique; that of all zeros is nobody's.
    """
    written = "".join(value.split())
    if not written or len(written) > _LONGEST:
        return ""
    try:
        raw = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    head = raw[:_HEAD]
    return head.hex() if len(head) == _HEAD and head[0] == 1 and any(head[6:]) else ""
