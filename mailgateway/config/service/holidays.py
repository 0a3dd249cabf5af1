"""Public holidays by country and year, from the library that knows them. Loaded when a calendar first needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version

from mailgateway.rules.nearest import instead
from mailgateway.rules.text import excerpt

# ruff: noqa: PLC0415 - see above: most commands need no holidays, and the library takes its time


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The holidays of a country, or of a part of it (`subdivision`, empty for what the whole country has).

    `edition` is the version of the library: another may know other days.
    """

    country: str
    subdivision: str = ""
    edition: str = field(default_factory=lambda: version("holidays"))
    _years: dict[int, Mapping[date, str]] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a year with their names, in English where the library has them."""
        if year not in self._years:
            self._years[year] = self._looked_up(year)
        return self._years[year]

    def problem(self) -> str:
        """Say what is wrong with the names, "" where they are known."""
        import holidays

        known = holidays.list_supported_countries()
        if self.country not in known:
            return f"no holidays are known of {excerpt(self.country)}: write a country's code, such as PL or DE"
        parts = known[self.country]
        if self.subdivision and self.subdivision not in parts:
            if not parts:
                return f"{self.country} has the same holidays everywhere: leave subdivision: out"
            return f"{self.country} has no part {excerpt(self.subdivision)}; {instead(self.subdivision, parts)}"
        return ""

    def _looked_up(self, year: int) -> Mapping[date, str]:
        import holidays

        found = holidays.country_holidays(
            self.country, subdiv=self.subdivision or None, years=year, expand=False, language="en_US"
        )
        return dict(found.items())
