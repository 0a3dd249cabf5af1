"""docs/agents.md lists the commands that there are."""

from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.model import Priority, Status, TicketType
from tests.docs.pages import codes, page, rows

TABLE = {cells[0].strip("`").replace("\\|", "|"): cells[1] for _, cells in rows(page("docs/agents.md"))}


def test_every_command_is_listed_and_no_other() -> None:
    """The table has the commands that #help sends, in the same order."""
    assert [row for row in TABLE if row.startswith("#")] == [usage for usage, _ in COMMANDS]


def test_every_value_is_listed() -> None:
    """Statuses, priorities and types are those that the desk knows."""
    assert set(codes(TABLE["#status STATUS"])) == {one.value for one in Status}
    assert set(codes(TABLE["#priority P"])) == {one.value for one in Priority}
    assert set(codes(TABLE["#type T"])) == {one.value for one in TicketType}
