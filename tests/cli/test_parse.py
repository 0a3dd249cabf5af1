"""`parse`: what is understood of a mail."""

import os
from pathlib import Path

from tests.cli.shell import Shell, names

KEYS = names(
    "file ok error subject from to cc reply_to date message_id in_reply_to references text html reply quoted"
    " attachments kind bounce forwarded_from defects"
)


def test_json_has_one_object_a_line_with_every_key(shell: Shell) -> None:
    """Each file gives one line with all keys, in the order of the files."""
    first = shell.mail("one.eml", Cc="Jan <jan@klient.example>", In_Reply_To="<a@b>")
    second = shell.mail("two.eml", Auto_Submitted="auto-replied")
    ran = shell.run("parse", "--json", str(first), str(second))
    one, two = ran.objects
    assert ran.code == 0
    assert list(one) == KEYS
    assert (one["file"], one["ok"], one["error"]) == (str(first), True, None)
    assert one["from"] == {"name": "Carla Rossi", "address": "carla@customer.example"}
    assert one["cc"] == [{"name": "Jan", "address": "jan@klient.example"}]
    assert (one["date"], one["message_id"]) == ("2026-11-02T08:00:00Z", "one.eml@customer.example")
    assert (one["in_reply_to"], one["kind"], two["kind"]) == (["a@b"], "normal", "auto_reply")


def test_what_is_no_mail_gets_its_line_and_code_1(shell: Shell) -> None:
    """A file that is no mail has `ok: false` and an error; the files behind it are parsed all the same."""
    junk = shell.folder / "junk"
    junk.write_bytes(os.urandom(2_000).replace(b":", b""))
    ran = shell.run("parse", "--json", str(junk), str(shell.mail("one.eml")))
    bad, good = ran.objects
    assert ran.code == 1
    assert (bad["ok"], list(bad) == KEYS, good["ok"]) == (False, True, True)
    assert bad["error"]


def test_a_missing_file_leaves_with_2(shell: Shell) -> None:
    """A file that is not there, and a folder, are wrong usage; the other files have their lines all the same."""
    ran = shell.run("parse", "--json", "nowhere.eml", str(shell.folder), str(shell.mail("one.eml")))
    assert (ran.code, ran.only["subject"]) == (2, "Help")
    assert ran.err == f"nowhere.eml: there is no such file\n{shell.folder}: this is a folder; name the files in it\n"


def test_a_pipe_is_parsed(shell: Shell) -> None:
    """`-` reads the mail from standard input."""
    ran = shell.run("parse", "--json", "-", stdin=shell.mail("one.eml").read_bytes())
    assert (ran.code, ran.only["file"], ran.only["subject"]) == (0, "-", "Help")


def test_people_are_shown_a_summary_that_cannot_harm(shell: Shell, tmp_path: Path) -> None:
    """Without --json the mail is summed up, and what it says cannot colour the screen."""
    mail = shell.mail("one.eml", subject="Hi [red]\x1b[31m", text="Line one.\r\n\x1b]0;title\x07Line two.")
    ran = shell.run("parse", str(mail))
    assert ran.code == 0
    assert "carla@customer.example" in ran.out
    assert "[red]" in ran.out
    assert "Line one." in ran.out
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
    assert tmp_path == shell.folder
