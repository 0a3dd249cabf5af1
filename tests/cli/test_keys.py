"""`keys`: what signs reply addresses, from the shell."""

from tests.cli.shell import Shell


def test_keys_are_rotated_by_hand(shell: Shell) -> None:
    """Each time a new one signs, and it is said that the one before is believed still."""
    shell.configure()
    assert shell.run("db", "upgrade").code == 0
    assert shell.run("keys", "rotate").out.endswith("; there was none before.\n")
    assert shell.run("keys", "rotate").out.endswith("; that of before is believed still.\n")
