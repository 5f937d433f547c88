"""The whole tracker worked out anew by a real LibreOffice: every answer is the engine's, whatever staff do to it.

No fallback can hide a failure here: the values stored in cells with functions are wrong on purpose before LibreOffice
opens the file, and so are the values "as sent" that stand in where the functions are missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests import libreoffice
from tests.libreoffice import STALE, Book, Office, column, differences, with_stale_values

from halfday.morning import morning
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.school_year import Calendar
from halfday_sync.addins.libreoffice import PREFIX
from halfday_sync.addins.vba import vba_project
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy
from halfday_sync.workbook import tracker
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.layout import document, table_columns
from halfday_sync.workbook.view import View

pytestmark = pytest.mark.libreoffice
office, bare_office, extension_file = libreoffice.office, libreoffice.bare_office, libreoffice.extension_file

TODAY, SETTLED = date(2025, 12, 5), date(2025, 12, 4)
FUNCTIONS = {c.title: c.key for c in table_columns("tracker") if c.key in document("layout")["tracker"]["formula"]}
LIBREOFFICE = Flavour(prefix=PREFIX)


@cache
def _policy(name: str) -> Policy:
    return usable_policy(policy_path(name))


@cache
def _view(policy: Policy) -> View:
    """A hundred made-up pupils on a morning in December, under a policy."""
    known = sample_school(pupils=100, seed=2025).as_known_on(SETTLED)
    calendar = Calendar.from_kinds(known.calendar)
    outcomes = evaluate(policy, known.pupils, known.register, calendar, SETTLED)
    return View(
        school="Larkfield",
        policy=policy,
        calendar=calendar,
        pupils=known.pupils,
        register=known.register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, known.register, calendar, TODAY),
        last_checked=datetime(2025, 12, 5, 9, 30, tzinfo=UTC),
        last_changed=datetime(2025, 12, 5, 9, 30, tzinfo=UTC),
        marks_until=SETTLED,
        source="A made-up school",
        version="0.0.0",
    )


def _engine(view: View) -> dict[str, dict[str, Any]]:
    """What the engine says for every column with a function, by pupil."""
    return {
        outcome.pupil.pupil_id: {title: tracker.values(view, outcome)[key] for title, key in FUNCTIONS.items()}
        for outcome in view.outcomes
    }


def _with_steps_that_wait_as_sent(tried: View, sent: View) -> View:
    """What comes after another step is in the facts as it was sent: a policy on the page does not say it."""
    waits = {one.pupil.pupil_id: one.first for one in sent.outcomes}
    return replace(tried, outcomes=[replace(one, first=waits[one.pupil.pupil_id]) for one in tried.outcomes])


@contextmanager
def _opened(office: Office, view: View, folder: Path) -> Iterator[Book]:
    """The tracker in LibreOffice, with a wrong value stored wherever the functions answer or a fallback waits."""
    data, count = with_stale_values(tracker_bytes(view, LIBREOFFICE))
    assert count >= len(FUNCTIONS) * len(view.outcomes) + 2  # and the texts of the policy and the calendar
    path = folder / "tracker.xlsx"
    path.write_bytes(data)
    with office.open(path) as book:
        rows = book.table("Tracker", "Pupil ID")
        assert {row[title] for row in rows.values() for title in FUNCTIONS} == {STALE}
        header = book.ask("used", "Tracker")[0]
        for title in FUNCTIONS:
            letters = column(header.index(f"{title} as sent"))
            stale = [[STALE]] * len(view.outcomes)
            book.ask("fill", "Tracker", f"{letters}2:{letters}{len(stale) + 1}", stale)
        yield book


def _answers(book: Book) -> dict[str, dict[str, Any]]:
    """The columns with functions after LibreOffice worked every formula out; none fell back on what was sent."""
    book.ask("recalculate")
    rows = book.table("Tracker", "Pupil ID")
    taken = [(pupil, title) for pupil, row in rows.items() for title in FUNCTIONS if row[title] in (STALE, None)]
    assert not taken, "a fallback or an error stands where a function should have answered"
    return {pupil: {title: row[title] for title in FUNCTIONS} for pupil, row in rows.items()}


@pytest.mark.parametrize("name", school_names())
def test_every_function_of_every_pupil_answers_what_the_engine_says(office: Office, name: str, tmp_path: Path) -> None:
    view = _view(_policy(name))
    with _opened(office, view, tmp_path) as book:
        found = _answers(book)
    wanted = _engine(view)
    assert len(found) == len(wanted) == len(view.outcomes)
    assert not differences(found, wanted)
    assert len({row["Why"] for row in wanted.values()}) > 20, "the school must have something to tell"


def _place(book: Book, first: str, row: object, title: str) -> str:
    """The address of a cell in a table of the Policy page: the table by its first title, the row by its first cell."""
    page = book.ask("used", "Policy")
    top = next(at for at, cells in enumerate(page) if cells[0] == first)
    at = next(at for at, cells in enumerate(page[top:], top) if cells[0] == row)
    return f"{column(page[top].index(title))}{at + 1}"


def _tried(policy: Policy, band: float, stage: float, condition: tuple[str, str]) -> Policy:
    """The policy with another floor of the second band, another first stage and another condition of a trigger."""
    text = policy_path(policy.id).read_text(encoding="utf-8")
    assert f'"{condition[0]}"' in text
    changed = load(text.replace(f'"{condition[0]}"', f'"{condition[1]}"'), policy.id)
    first, second, *others = changed.bands
    lowest, *stages = changed.stages
    floor, ceiling = Fraction(str(band)), Fraction(str(stage))
    second = replace(second, above=floor) if second.above is not None else replace(second, from_=floor)
    lowest = replace(lowest, below=ceiling) if lowest.ceiling.inclusive else replace(lowest, at_or_below=ceiling)
    return replace(changed, bands=(first, second, *others), stages=(lowest, *stages))


@pytest.mark.parametrize(
    ("name", "trigger", "test", "other"),
    [
        ("wath-central", "below-92", "percent < 92", "percent < 94"),
        ("rivington", "warning-below-93", "percent < 93", "percent < 96"),
        ("russells-hall", "near-persistent", "percent < 92", "percent < 95.5"),
    ],
)
def test_figures_changed_on_the_policy_page_change_the_cells_as_in_the_engine(
    office: Office, name: str, trigger: str, test: str, other: str, tmp_path: Path
) -> None:
    policy = _policy(name)
    band, stage = policy.bands[1], policy.stages[0]
    floor, ceiling = float(band.floor.value) + 1, float(stage.ceiling.value) - 2
    view = _view(policy)
    with _opened(office, view, tmp_path) as book:
        before = _answers(book)
        conditions = _place(book, "Trigger", trigger, "All of these")
        said = book.cell("Policy", conditions)
        book.ask("fill", "Policy", conditions, [[said.replace(test, other)]])
        book.ask("fill", "Policy", _place(book, "Band", band.name, "Figure in %"), [[floor]])
        book.ask("fill", "Policy", _place(book, "Stage number", float(stage.number), "Figure in %"), [[ceiling]])
        flowed = book.table("Tracker", "Pupil ID")
        after = _answers(book)
    assert not differences(flowed, after), "an edited cell must reach the Tracker without anybody asking for it"
    tried = _view(_tried(policy, floor, ceiling, (test, other)))
    assert not differences(after, _engine(_with_steps_that_wait_as_sent(tried, view)))
    moved = {title for pupil in before for title in FUNCTIONS if before[pupil][title] != after[pupil][title]}
    assert {"Band", "Stage", "Checklist", "Triggers", "Why"} <= moved


def test_a_wrong_cell_of_the_policy_is_told_once_and_the_rows_show_what_was_sent(
    office: Office, tmp_path: Path
) -> None:
    policy = _policy("stanton-road")
    with _opened(office, _view(policy), tmp_path) as book:
        place = _place(book, "Band", policy.bands[0].name, "Figure in %")
        for typed, told in (("ninety", "is not a figure"), (0.9, "is under 1%; write 90")):
            book.ask("fill", "Policy", place, [[typed]])
            book.ask("recalculate")
            rows = book.table("Tracker", "Pupil ID")
            for title in ("Band", "Stage", "Why", "Checklist"):
                assert {row[title] for row in rows.values() if row["Possible"]} == {STALE}, "the value as sent"
            said = [str(cell) for line in book.ask("used", "Policy") for cell in line]
            assert [text for text in said if told in text]
            assert "You are trying another policy. Put right first what the check above says." in said


def test_rows_that_staff_sort_stay_right(office: Office, tmp_path: Path) -> None:
    view = _view(_policy("rivington"))
    with _opened(office, view, tmp_path) as book:
        header, *rows = book.ask("used", "Tracker")
        book.ask("sort", "Tracker", f"A2:{column(len(header) - 1)}{len(view.outcomes) + 1}", header.index("Surname"))
        names = [row[header.index("Surname")] for row in book.ask("used", "Tracker")[1:]]
        assert names != [row[header.index("Surname")] for row in rows]
        assert names == sorted(names)
        assert not differences(_answers(book), _engine(view))


@pytest.mark.parametrize(("form", "suffix"), [("Calc MS Excel 2007 XML", ".xlsx"), ("calc8", ".ods")])
def test_a_tracker_that_staff_save_from_libreoffice_stays_alive(
    office: Office, form: str, suffix: str, tmp_path: Path
) -> None:
    view = _view(_policy("wath-central"))
    path = tmp_path / f"saved{suffix}"
    with _opened(office, view, tmp_path) as book:
        book.ask("save", str(path), form)
    with office.open(path) as book:
        assert not differences(_answers(book), _engine(view))


def test_the_wrong_values_do_show_where_the_functions_are_missing(bare_office: Office, tmp_path: Path) -> None:
    with _opened(bare_office, _view(_policy("stanton-road")), tmp_path) as book, pytest.raises(AssertionError):
        _answers(book)


EXCEL = {
    "365": Flavour(),
    "desktop": Flavour(suffix=".xlsm", prefix="", vba=vba_project, conf={"INTERPRETER_WIN": "python"}),
}


@pytest.mark.parametrize("flavour", EXCEL.values(), ids=EXCEL)
@pytest.mark.parametrize("functions", ["with the extension", "without"])
def test_a_file_for_excel_shows_what_was_sent_even_when_all_is_worked_out_anew(
    flavour: Flavour, functions: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    host: Office = request.getfixturevalue("office" if functions == "with the extension" else "bare_office")
    view = _view(_policy("stanton-road"))
    path = tmp_path / f"tracker{flavour.suffix}"
    path.write_bytes(tracker_bytes(view, flavour))
    with host.open(path) as book:
        assert "ATT_" in str(book.ask("formulas", "Tracker", "G2:Z2")).upper()
        book.ask("recalculate")
        assert not differences(book.table("Tracker", "Pupil ID"), _engine(view))
        for sheet in book.ask("sheets"):
            assert None not in [cell for row in book.ask("used", sheet) for cell in row], f"an error on {sheet}"
