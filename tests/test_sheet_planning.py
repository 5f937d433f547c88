"""A plan makes the sheet what it should be with the fewest changes, and leaves alone what is people's."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.google_emulator import NotAllowedError, Person
from tests.google_emulator.book import Sheet
from tests.google_school import ACCOUNT, HEAD, OWNER
from tests.sheet_desk import COLUMNS, SUMMARY, TRACKER, Desk, desk, pupil, school, summary

from halfday_sync.errors import SafetyError
from halfday_sync.sheets import looks
from halfday_sync.sheets.cells import MOST_CHARACTERS, plain, same
from halfday_sync.sheets.model import SLT, FilterView, Rule
from halfday_sync.sheets.plan import Plan, runs

ROWS = tuple(pupil(number) for number in range(1, 6))


def sheet(kept: Desk, number: int = TRACKER) -> Sheet:
    return next(one for one in kept.copy.google.books[kept.copy.book].content.sheets if one.id == number)


def keys(kept: Desk, tab: str = "Tracker") -> list[object]:
    return [row[0] if row else "" for row in kept.text(tab)[3:]]


def kinds(plan: Plan) -> list[str]:
    return [kind for change in plan.requests for kind in change]


def cells_sent(plan: Plan) -> int:
    """How many cells the requests of a plan write, the stamp included."""
    several: list[Any] = [change["updateCells"] for change in plan.requests if "updateCells" in change]
    return sum(len(row["values"]) for one in several if one["fields"] == "userEnteredValue" for row in one["rows"])


def person(kept: Desk, address: str = OWNER) -> Person:
    return kept.copy.google.person(kept.copy.book, address)


# The first load -------------------------------------------------------------------------------------------------------


def test_the_first_load_makes_tabs_with_everything_that_belongs_to_them() -> None:
    with desk() as kept:
        plan = kept.sync(school(*ROWS))
        assert [tab.is_new for tab in plan.tabs] == [True] * 3
        assert kept.copy.tabs == ["Summary", "Tracker", "Actions overdue", "Sheet1"]
        tab = sheet(kept)
        assert (tab.rows, tab.columns) == (3 + 5, 1 + len(COLUMNS))
        assert tab.grid["frozenRowCount"] == 3
        assert tab.grid["frozenColumnCount"] == 2
        assert [tab.sizes[lines][0]["hiddenByUser"] for lines in ("ROWS", "COLUMNS")] == [True, True]
        assert tab.sizes["COLUMNS"][1]["pixelSize"] == 160
        assert kept.copy.google.note_at(kept.copy.book, "Tracker", 2, 2) == "From the policy."
        assert kept.copy.google.shown(kept.copy.book, "Tracker", 3, 3) == "91.5%"
        assert kept.copy.google.shown(kept.copy.book, "Tracker", 3, 4) == "Tue 2 Sep 2025"
        assert [chart["chartId"] for chart in sheet(kept, SUMMARY).charts] == [7050]
        assert [view["filterViewId"] for view in tab.filter_views] == [7150, 7151]
        assert len(tab.conditional) == 2
        assert tab.at(3, 5).rest
        assert kept.text("Tracker")[2][5:7] == ["✎ Agreed action", "✎ Decided on"]
        assert kept.copy.google.unlike == []


def test_only_the_account_and_the_owner_write_outside_slts_columns() -> None:
    with desk(HEAD) as kept:
        kept.sync(school(*ROWS))
        head = person(kept, HEAD)
        head.type("Tracker", 3, 5, "Call home")
        head.type("Tracker", 7, 6, "5/12/2025")
        for row, column in ((2, 5), (3, 1), (3, 7), (0, 5), (3, 0)):
            with pytest.raises(NotAllowedError):
                head.type("Tracker", row, column, "x")


def test_a_tab_of_peoples_own_keeps_its_name_and_ours_gets_another_one() -> None:
    with desk() as kept:
        person(kept).add_tab("summary")
        kept.sync(school(*ROWS))
        assert kept.copy.tabs == ["Summary (Halfday)", "Tracker", "Actions overdue", "Sheet1", "summary"]


# A day's change -------------------------------------------------------------------------------------------------------


@given(changed=st.sets(st.tuples(st.integers(0, 4), st.sampled_from(["name", "stage", "share", "since", "status"]))))
@settings(max_examples=8, deadline=None)
def test_a_day_writes_exactly_the_cells_that_changed(changed: set[tuple[int, str]]) -> None:
    new = {"name": "Another", "stage": "Persistent", "share": 0.5, "since": date(2025, 11, 3), "status": "Left"}
    with desk() as kept:
        kept.sync(school(*ROWS))
        rows = [pupil(at + 1, **{key: new[key] for row, key in changed if row == at}) for at in range(5)]  # type: ignore[arg-type]
        plan = kept.sync(school(*rows))
        assert plan.changed == ({"tracker": len(changed)} if changed else {})
        assert cells_sent(plan) == (len(changed) + 1 if changed else 0)
        assert set(kinds(plan)) <= {"updateCells"}
        assert plan.put_back == 0


@given(places=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))))
def test_runs_hold_every_changed_cell_once_and_no_other(places: set[tuple[int, int]]) -> None:
    changes = {(row, column): f"{row} {column}" for row, column in places}
    found = {}
    for run in runs(7, changes):
        for down, row in enumerate(run.rows):
            for right, value in enumerate(row):
                place = run.row + down, run.column + right
                assert place not in found
                found[place] = value
    assert found == changes


def test_a_filled_square_is_one_run() -> None:
    assert len(list(runs(7, {(row, column): 1.0 for row in range(50) for column in range(9)}))) == 1


def test_figures_get_the_number_format_that_they_need_and_others_are_left_alone() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        tab = sheet(kept, SUMMARY)
        person(kept).colour("Summary", 4, 2, "00ff00")
        page = summary()
        rows = (
            page.rows[0],
            replace(page.rows[1], formats={"figure": "percent"}),
            page.rows[2],
        )
        plan = kept.sync((replace(page, rows=rows), *school(*ROWS)[1:]))
        assert kinds(plan) == ["repeatCell", "updateCells"]
        assert kept.copy.google.shown(kept.copy.book, "Summary", 4, 2) == "93.1%"
        assert (tab.at(4, 2).format or {})["backgroundColor"] == {"green": 1.0}
        assert kept.sync((replace(page, rows=rows), *school(*ROWS)[1:])).is_empty


# What a cell takes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("x" * (MOST_CHARACTERS + 9), "x" * (MOST_CHARACTERS - 1) + "…"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1fc\ud800", "abc"),
        ("\x07", None),
        (date(2025, 12, 5), 45996.0),
        (True, True),
        (7, 7.0),
    ],
    ids=["long", "line ends", "control signs", "nothing left", "day", "flag", "figure"],
)
def test_a_value_is_what_a_cell_of_googles_can_hold(value: object, held: object) -> None:
    assert same(plain(value), held)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_goes_to_google(value: float) -> None:
    with pytest.raises(SafetyError):
        plain(value)


# What belongs to a tab ------------------------------------------------------------------------------------------------


def test_colours_of_people_stay_and_count_first_while_ours_are_made_again() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        tab = sheet(kept)
        theirs = {"ranges": [{"sheetId": TRACKER, "startColumnIndex": 1, "endColumnIndex": 2}], "booleanRule": {
            "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "At risk"}]}, "format": {}}}  # fmt: skip
        tab.conditional[:] = [theirs, tab.conditional[1]]
        plan = kept.sync(school(*ROWS))
        assert kinds(plan) == ["addConditionalFormatRule", "updateCells"]
        assert tab.conditional[0] == theirs
        tab = sheet(kept)
        assert len(tab.conditional) == 3
        assert tab.conditional[0] == theirs
        assert kept.sync(school(*ROWS)).is_empty


def test_a_colour_that_nobody_wants_any_more_goes_and_one_that_changed_is_made_anew() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        pages = list(school(*ROWS))
        pages[1] = replace(pages[1], rules=(Rule("stage", "At risk", "orange"),))
        kept.sync(tuple(pages))
        assert len(sheet(kept).conditional) == 1
        said = sheet(kept).conditional[0]["booleanRule"]
        assert said["condition"]["values"] == [{"userEnteredValue": "At risk"}]
        fill = looks.pair("orange")[1]
        held = said["format"]["backgroundColorStyle"]["rgbColor"]
        assert [int(held[part] * 255) for part in ("red", "green", "blue")] == [fill.red, fill.green, fill.blue]
        assert kept.sync(tuple(pages)).is_empty


def test_a_text_that_google_might_work_out_gets_no_colour() -> None:
    pages = list(school(*ROWS))
    pages[1] = replace(pages[1], rules=(Rule("stage", "=1+1", "red"),), views=(FilterView(9, "x", {"stage": ["=A1"]}),))
    with desk() as kept:
        kept.sync(tuple(pages))
        assert sheet(kept).conditional == []
        spec = sheet(kept).filter_views[0]["filterSpecs"][0]
        assert spec["filterCriteria"] == {"condition": {"type": "NOT_BLANK"}}


def test_every_colour_is_stored_as_it_was_meant() -> None:
    for name in looks.colours():
        for colour in looks.pair(name):
            amounts = [colour.json[part] for part in ("red", "green", "blue")]
            assert [int(amount * 255) for amount in amounts] == [colour.red, colour.green, colour.blue]  # type: ignore[operator]
            assert [round(amount * 255) for amount in amounts] == [colour.red, colour.green, colour.blue]  # type: ignore[operator]


@pytest.mark.parametrize("how", ["missing", "somebody", "open", "only warns", "a part"])
def test_a_protection_that_was_weakened_is_put_back_and_told(how: str) -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        held = sheet(kept).protections
        if how == "missing":
            held.clear()
        elif how == "somebody":
            held[0] = {**held[0], "editors": {"users": [ACCOUNT, HEAD]}}
        elif how == "open":
            held[0] = {
                **held[0],
                "unprotectedRanges": [{"sheetId": TRACKER, "startColumnIndex": 1, "endColumnIndex": 7}],
            }
        elif how == "only warns":
            held[0] = {**held[0], "warningOnly": True, "editors": {}}
        else:
            held[0] = {**held[0], "range": {"sheetId": TRACKER, "startRowIndex": 3}}
        plan = kept.sync(school(*ROWS))
        assert [words for words in plan.sentences if "protection" in words]
        guard = sheet(kept).protections[0]
        assert guard["range"] == {"sheetId": TRACKER}
        assert guard["unprotectedRanges"] == [
            {"sheetId": TRACKER, "startRowIndex": 3, "startColumnIndex": 5, "endColumnIndex": 7}
        ]
        assert not guard.get("warningOnly")
        assert HEAD not in guard["editors"]["users"]
        assert kept.sync(school(*ROWS)).is_empty


def test_a_chart_is_changed_in_place_and_made_again_once_somebody_deleted_it() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        page = summary()
        other = (replace(page, charts=(replace(page.charts[0], title="On target"),)), *school(*ROWS)[1:])
        assert kinds(kept.sync(other)) == ["updateChartSpec", "updateCells"]
        assert sheet(kept, SUMMARY).charts[0]["spec"]["title"] == "On target"
        sheet(kept, SUMMARY).charts.clear()
        sheet(kept).filter_views.pop()
        assert kinds(kept.sync(other)) == ["addChart", "addFilterView", "updateCells"]
        assert kept.sync(other).is_empty
        none = (replace(page, charts=()), *school(*ROWS)[1:])
        assert kinds(kept.sync(none)) == ["deleteEmbeddedObject", "updateCells"]


# Whole tabs -----------------------------------------------------------------------------------------------------------


def test_a_tab_that_was_deleted_stops_and_is_made_again_only_when_asked() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).delete_tab("Tracker")
        kept.copy.google.calls.clear()
        with pytest.raises(SafetyError) as stop:
            kept.sync(school(*ROWS))
        assert "The tab “Tracker” was deleted." in stop.value.problems[0]
        assert kept.copy.asked(":batchUpdate") == []
        kept.sync(school(*ROWS), again=True)
        assert kept.copy.tabs[:3] == ["Summary", "Tracker", "Actions overdue"]
        assert kept.sync(school(*ROWS)).is_empty


def test_a_tab_without_its_marker_is_not_written_to() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).clear("Tracker", 0, 0)
        with pytest.raises(SafetyError, match="hidden cell"):
            kept.sync(school(*ROWS))


def test_a_renamed_moved_and_hidden_tab_is_the_same_tab() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).rename("Tracker", "Who's at risk?")
        person(kept).move_tab("Who's at risk?", 3)
        person(kept).hide_tab("Who's at risk?")
        plan = kept.sync(school(pupil(1, "Persistent"), *ROWS[1:]))
        assert plan.changed == {"tracker": 1}
        assert kept.copy.google.cell(kept.copy.book, "Who's at risk?", 3, 2) == "Persistent"


def test_a_page_of_a_later_version_joins_and_one_that_is_left_out_is_told() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS)[:2])
        kept.sync(school(*ROWS))
        assert kept.copy.tabs == ["Summary", "Tracker", "Actions overdue", "Sheet1"]
        plan = kept.sync(school(*ROWS)[:2])
        assert any("“actions” is left out in the settings" in words for words in plan.sentences)


def test_what_people_call_a_tab_is_not_repeated_for_the_lines_may_be_logged() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).rename("Tracker", "Ask Amy Example")
        person(kept).rename("Actions overdue", "Bo Sample")
        person(kept).unprotect("Ask Amy Example")
        plan = kept.sync(school(*ROWS)[:2])
        assert len(plan.sentences) == 2
        assert not any(name in words for words in plan.sentences for name in ("Amy", "Bo"))


def test_a_pencil_stands_before_the_headers_that_people_fill_in() -> None:
    assert [looks.header(column) for column in COLUMNS if column.owner == SLT] == ["✎ Agreed action", "✎ Decided on"]
    assert looks.header(COLUMNS[0]) == "Name"
