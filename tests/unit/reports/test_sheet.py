"""A report in words: its tables fit a mail of plain text in every language."""

from pathlib import Path

import pytest

from mailgateway.render.notices import Renderer
from mailgateway.render.report import as_sheet, laid_out
from mailgateway.render.samples.report import EMPTY, REPORT
from mailgateway.reports.asked import read_asked

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.mark.parametrize("language", ["en", "pl", "de"])
def test_tables_fit_plain_text(language: str) -> None:
    """78 characters a line at most."""
    shown = as_sheet(REPORT, Renderer(None, TEMPLATES).report_words(language))
    assert max(map(len, laid_out(shown).splitlines())) <= 78
    for grid in shown.grids:
        assert max(map(len, laid_out(grid).splitlines())) <= 78


def test_answers_stand_beside_the_period_before() -> None:
    """Each number with the one before in brackets; a share of nothing is none, and no answers are no table."""
    shown = as_sheet(REPORT, Renderer(None, TEMPLATES).report_words("en"))
    (answers,) = [grid for grid in shown.grids if grid.title.startswith("Answers from the knowledge base")]
    assert answers.rows[0] == ("toner", "9 (11)", "31 (28)", "24 (20)", "12 (8)", "3 (4)", "50% (40%)")
    assert answers.rows[2] == ("wifi-guests", "4 (0)", "12 (0)", "0 (0)", "0 (0)", "0 (0)", "– (–)")
    empty = as_sheet(EMPTY, Renderer(None, TEMPLATES).report_words("en"))
    assert not [grid for grid in empty.grids if grid.title == answers.title]


def test_a_report_names_every_list_behind_it() -> None:
    """Once each, those of answers and contracts too, in words that can be asked for."""
    for asked in REPORT.lists:
        read_asked(asked)
    assert len(set(REPORT.lists)) == len(REPORT.lists)
    assert {"opened", "proposed", "inserted", "helped", "not_helped", "contract:acme"} <= set(REPORT.lists)
    assert {"proposed", "inserted"}.isdisjoint((*EMPTY.lists, *REPORT.for_customer().lists))
