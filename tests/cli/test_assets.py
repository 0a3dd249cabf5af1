"""Configuration items from the shell: tied to tickets, shown with what else is open about them."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell

ASSETS = "assets: [{name: web, display: Web server, location: Room 3, aliases: [www.example.com]}, {name: printer}]"


@pytest.fixture
def desk(shell: Shell) -> Shell:
    """Give a shell with two items and two tickets."""
    (shell.folder / "assets.yaml").write_text(ASSETS)
    gateway: Path = shell.folder / "gateway.yaml"
    gateway.write_text(gateway.read_text().replace("files: {", "files: {assets: assets.yaml, "))
    assert shell.run("db", "upgrade").code == 0
    for name in ("one", "two"):
        assert shell.run("ingest", str(shell.mail(f"{name}.eml", name))).code == 0
    return shell


def test_a_ticket_shows_what_else_is_open_about_its_item(desk: Shell) -> None:
    """Tied by an alias and by the name; in text and as JSON; untied with none."""
    assert desk.run("tickets", "set", "10001", "--ci", "www.example.com").code == 0
    assert desk.run("tickets", "set", "10002", "--ci", "web").code == 0
    shown = desk.run("tickets", "show", "10002", "--json").only
    assert shown["ci"] == "web"
    assert shown["beside"] == [{"ticket": 10001, "subject": "one", "status": "new"}]
    told = desk.run("tickets", "show", "10002").out
    assert "About        web (Web server, Room 3)" in told
    assert "Same thing   #10001  one (new)" in told
    assert desk.run("tickets", "set", "10001", "--ci", "none").code == 0
    assert desk.run("tickets", "show", "10002", "--json").only["beside"] == []


def test_an_unknown_item_is_refused_with_the_nearest(desk: Shell) -> None:
    """Nothing is changed."""
    ran = desk.run("tickets", "set", "10001", "--ci", "printr")
    assert ran.code == 2
    assert "printer" in ran.err
