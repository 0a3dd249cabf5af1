"""assets.yaml becomes what the desk knows of the things that tickets are about."""

import re
from pathlib import Path

from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.desk.problems.assets import Asset
from mailgateway.share import share
from tests.unit.config.examples import GATEWAY, write

NAMED = GATEWAY + "files: {assets: assets.yaml}\n"


def test_the_example_is_right_without_its_marks(tmp_path: Path) -> None:
    """Whoever takes the # off has two items."""
    text = (share("config") / "assets.yaml").read_text(encoding="utf-8").replace("assets: []", "assets:")
    text = re.sub(r"(?m)^#   (?=[- ])", "  ", text).replace("group: hardware", "group: first-line")
    (tmp_path / "assets.yaml").write_text(text, encoding="utf-8")
    settings = load(write(tmp_path, NAMED))
    assert [one.name for one in settings.assets.all] == ["mail-server", "printer-hall"]
    assert settings.assets.all[0] == Asset(
        "mail-server", "Mail server", "first-line", "", ("mx1.example.com", "INV-0042"), "Room 3.12"
    )
    assert policy(settings, (b"k",)).assets is settings.assets
    assert tmp_path / "assets.yaml" in settings.files


def test_a_rule_may_name_an_item_by_an_alias_and_leave_the_name_to_the_mail(tmp_path: Path) -> None:
    """What stands in a mail cannot be checked beforehand."""
    (tmp_path / "assets.yaml").write_text("assets: [{name: web, aliases: [www.example.com]}]", encoding="utf-8")
    rules = """rules:
  - {when: {field: subject, matches: '(?P<host>web)'}, then: {ci: '{host}'}}
  - {when: {field: subject, contains: site}, then: {ci: WWW.example.com}}
"""
    assert load(write(tmp_path, NAMED, routing=rules)).warnings == ()
