"""What an IMAP server properly answers, command by command, for the scripted one: enough of RFC 3501 for our client."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tests.servers.authority import authority

if TYPE_CHECKING:
    from tests.servers.scripted_imap import Dialogue

PASSWORD = "open sesame"  # with a space, and unlike anything else that is sent


def chosen(dialogue: "Dialogue", uid_set: str) -> list[int]:
    """Return the UIDs of INBOX that a sequence-set (RFC 3501 section 9) names."""
    there = sorted(dialogue.server.inbox)
    last = there[-1] if there else 0
    chosen: set[int] = set()
    for part in uid_set.split(","):
        ends = sorted(last if end == "*" else int(end) for end in part.split(":"))
        chosen.update(uid for uid in there if ends[0] <= uid <= ends[-1])
    return sorted(chosen)


def _capability(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.line(f"* CAPABILITY {dialogue.server.capabilities}")
    dialogue.finish()


def _done(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.finish()


def _starttls(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.finish()
    dialogue.protect(authority().server_context())


def _login(dialogue: "Dialogue", arguments: str) -> None:
    known = arguments.endswith(f'"{PASSWORD}"')
    dialogue.finish("OK welcome" if known else "NO [AUTHENTICATIONFAILED] wrong")


def _authenticate(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.line("+ ")
    known = PASSWORD.encode() in base64.b64decode(dialogue.read())
    dialogue.finish("OK welcome" if known else "NO [AUTHENTICATIONFAILED] wrong")


def _select(dialogue: "Dialogue", arguments: str) -> None:
    if arguments.strip('"') not in dialogue.server.folders:
        dialogue.finish("NO [NONEXISTENT] no such folder")
        return
    dialogue.line(f"* {len(dialogue.server.inbox)} EXISTS")
    dialogue.line(f"* OK [UIDVALIDITY {dialogue.server.uidvalidity}] UIDs valid")
    dialogue.finish("OK [READ-WRITE] selected")


def _list(dialogue: "Dialogue", arguments: str) -> None:
    wanted = arguments.rsplit(maxsplit=1)[-1].strip('"')
    for name in dialogue.server.folders:
        if wanted in ("*", name):
            dialogue.line(f'* LIST () "." "{name}"')
    dialogue.finish()


def _create(dialogue: "Dialogue", arguments: str) -> None:
    dialogue.server.folders[arguments.strip('"')] = {}
    dialogue.finish()


def _uid_search(dialogue: "Dialogue", arguments: str) -> None:
    uids, _, since = arguments.removeprefix("UID ").partition(" SINCE ")
    found = chosen(dialogue, uids)
    if since:
        day = datetime.strptime(since, "%d-%b-%Y").date()  # noqa: DTZ007 - SINCE knows no time zone
        found = [uid for uid in found if dialogue.server.arrived(uid).date() >= day]
    dialogue.line("* SEARCH" + "".join(f" {uid}" for uid in found))
    dialogue.finish()


def uid_fetch(dialogue: "Dialogue", arguments: str) -> None:
    uids, _, items = arguments.partition(" ")
    wanted = set(chosen(dialogue, uids))
    for number, uid in enumerate(sorted(dialogue.server.inbox), 1):
        if uid in wanted:
            arrived = f"{dialogue.server.arrived(uid):%d-%b-%Y %H:%M:%S %z}"
            found = _items(dialogue.server.inbox[uid], items, arrived)
            dialogue.send(b"* %d FETCH (UID %d %s)\r\n" % (number, uid, found))
    dialogue.finish()


def _items(mail: bytes, items: str, arrived: str) -> bytes:
    if "BODY.PEEK[HEADER]" in items:
        head = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return b"BODY[HEADER]<0> {%d}\r\n%s" % (len(head), head)
    if "BODY.PEEK[]" in items:
        return b"BODY[] {%d}\r\n%s" % (len(mail), mail)
    return b'RFC822.SIZE %d INTERNALDATE "%s"' % (len(mail), arrived.encode())


def _uid_store(dialogue: "Dialogue", arguments: str) -> None:
    found = re.fullmatch(r"(\S+) \+FLAGS.SILENT \((.*)\)", arguments)
    if found is None:
        dialogue.finish("BAD only +FLAGS.SILENT here")
        return
    for uid in chosen(dialogue, found[1]):
        dialogue.server.flags.setdefault(uid, set()).add(found[2])
    dialogue.finish()


def _uid_copy(dialogue: "Dialogue", arguments: str) -> None:
    _copy(dialogue, arguments, remove=False)


def uid_move(dialogue: "Dialogue", arguments: str) -> None:
    _copy(dialogue, arguments, remove=True)


def _copy(dialogue: "Dialogue", arguments: str, *, remove: bool) -> None:
    uids, _, folder = arguments.partition(" ")
    target = dialogue.server.folders.get(folder.strip('"'))
    if target is None:
        dialogue.finish("NO [TRYCREATE] no such folder")
        return
    found = chosen(dialogue, uids)
    target.update((uid, dialogue.server.inbox[uid]) for uid in found)
    if remove:
        _forget(dialogue, found)
    dialogue.finish()


def _expunge(dialogue: "Dialogue", arguments: str) -> None:
    deleted = [uid for uid, flags in dialogue.server.flags.items() if "\\Deleted" in flags]
    named = chosen(dialogue, arguments) if arguments else deleted
    _forget(dialogue, [uid for uid in deleted if uid in named])
    dialogue.finish()


def _forget(dialogue: "Dialogue", uids: Iterable[int]) -> None:
    for uid in uids:
        dialogue.server.inbox.pop(uid, None)


def _idle(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.line("+ idling")
    dialogue.idling = True
    dialogue.read()
    dialogue.idling = False
    dialogue.finish()


def _logout(dialogue: "Dialogue", _arguments: str) -> None:
    dialogue.line("* BYE see you")
    dialogue.finish()
    dialogue.drop()


ANSWERS: Mapping[str, Callable[["Dialogue", str], None]] = {
    "CAPABILITY": _capability,
    "NOOP": _done,
    "STARTTLS": _starttls,
    "LOGIN": _login,
    "AUTHENTICATE": _authenticate,
    "SELECT": _select,
    "LIST": _list,
    "CREATE": _create,
    "SUBSCRIBE": _done,
    "UID SEARCH": _uid_search,
    "UID FETCH": uid_fetch,
    "UID STORE": _uid_store,
    "UID COPY": _uid_copy,
    "UID MOVE": uid_move,
    "UID EXPUNGE": _expunge,
    "EXPUNGE": _expunge,
    "IDLE": _idle,
    "LOGOUT": _logout,
}
