"""Looks after tickets whose time has come, and sees to it that open tickets know the policy in force."""

from mailgateway.desk.policy import Policy
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.timed.attend import attend_due
from mailgateway.flows.timed.renew import renew


class Attendant:
    """Remembers which policy the tickets know, so that a look costs one statement where nothing is due."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk to look after."""
        self._desk = desk
        self._known = ""
        self._told: Policy | None = None

    def look(self, stop: Stop) -> None:
        """Do what is due."""
        policy = self._desk.policy()
        if policy is not self._told:
            self._known = renew(self._desk, self._known, stop)
            self._told = None if stop() else policy
        attend_due(self._desk, stop)
