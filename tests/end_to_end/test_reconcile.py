"""`mailgateway reconcile`: the proof, and what it says when it fails."""

import json
import os
import subprocess
import sys

from sqlalchemy import text

from tests.end_to_end.office import Office, message
from tests.servers.dovecot import PASSWORD


def reconcile(office: Office, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "mailgateway", "-c", str(office.configuration), "reconcile", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OFFICE_PASSWORD": PASSWORD},
    )


def test_a_hole_in_the_ledger_is_found(office: Office) -> None:
    """A mail whose row is lost is listed, by UID, and the command leaves with 1; before that, with 0."""
    office.reconfigure('processed: "move:Processed"', 'processed: "flag:Ticketed"')
    for number in range(4):
        office.write(message("carla@customer.example", f"Question {number}", "Why?"))
    office.round()
    well = reconcile(office)
    assert (well.returncode, well.stderr) == (0, "")
    with office.gateway.store.writing() as tx:
        lost = tx.connection.execute(text("SELECT id, uid FROM spool ORDER BY uid LIMIT 1 OFFSET 1")).one()
        tx.connection.execute(text(f"UPDATE articles SET spool_id = NULL WHERE spool_id = {lost.id}"))
        tx.connection.execute(text(f"DELETE FROM spool WHERE id = {lost.id}"))
    ill = reconcile(office)
    assert ill.returncode == 1
    assert f"UID {lost.uid}: missing" in ill.stdout
    as_json = [json.loads(line) for line in reconcile(office, "--json").stdout.splitlines()]
    assert [line["uid"] for line in as_json if line["outcome"] == "missing"] == [lost.uid]
    assert len(as_json) == 4


def test_a_mail_that_only_just_came_is_not_fetched_yet(small_office: Office) -> None:
    """It has no outcome, and the command says so; after the next round all is well."""
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    assert "not_fetched" in reconcile(small_office).stdout
    small_office.round()
    assert reconcile(small_office).returncode == 0
