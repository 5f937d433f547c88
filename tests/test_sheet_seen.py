"""What stands in the sheet is found by its keys wherever people put it; an answer of another form stops."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sheet_desk import COLUMNS, NUMBERS, TRACKER

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.answering import answers
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, KEYS, TITLE, Tab
from halfday_sync.sheets.seen_reading import seen

STAMP = "halfday 0.6.0 · 2025-12-05T08:02:11Z · 7f3a"
SECRET = "Amelia Hughes"


def cell(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    kind = "boolValue" if isinstance(value, bool) else "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}


def tab(sheet_id: int, rows: Sequence[Sequence[object]], **more: Any) -> dict[str, Any]:
    """A tab as Google tells of it."""
    grid = {"rowCount": 50, "columnCount": 26, "frozenRowCount": 3}
    said = {"sheetId": sheet_id, "title": f"Tab {sheet_id}", "index": 0, "sheetType": "GRID", "gridProperties": grid}
    data = [{"rowData": [{"values": [cell(value) for value in row]} for row in rows]}]
    return {"properties": said, "data": data, **more}


TRACKER_ROWS: list[list[object]] = [
    ["halfday:tracker", "name", "stage", None, "agreed", "decided_on"],
    ["halfday:title", "Tracker"],
    [HEADERS, "Name", "Stage", "My own", "Agreed action", "Decided on"],
    ["P1", "Amelia Hughes", "At risk", "phone", "Call home", 45996],
    ["P2", "=1+1", None, None, None, None],
    [None, None, None, "my own row"],
]


def reply(*tabs: dict[str, Any]) -> dict[str, Any]:
    for index, one in enumerate(tabs):
        one["properties"]["index"] = index
    return {"spreadsheetId": "1aB", "properties": {"title": "SLT copy"}, "sheets": list(tabs)}


def the_tracker(rows: Sequence[Sequence[object]], **more: Any) -> Tab:
    found = seen(reply(tab(TRACKER, rows, **more)), NUMBERS).page("tracker")
    assert found is not None
    return found


def test_rows_and_columns_are_found_by_their_keys() -> None:
    found = the_tracker(TRACKER_ROWS)
    assert found.row_of == {KEYS: 0, TITLE: 1, HEADERS: 2, "P1": 3, "P2": 4}
    assert found.column_of == {KEY_COLUMN: 0, "name": 1, "stage": 2, "agreed": 4, "decided_on": 5}
    assert found.at(4, 1).value == "=1+1"
    assert not found.at(4, 1).is_formula
    assert found.at(3, 5).value == 45996.0
    assert found.at(40, 9).value is None


def test_they_are_found_though_people_inserted_rows_above_and_columns_before() -> None:
    pushed: list[list[object]] = [[None, "hello"], [], *([None, None, *row] for row in TRACKER_ROWS)]
    found = the_tracker(pushed)
    assert (found.key_row, found.key_column) == (2, 2)
    assert found.row_of["P2"] == 6
    assert found.column_of["agreed"] == 6


def test_a_tab_is_known_by_number_and_marker_not_by_its_name_nor_by_its_place() -> None:
    ours, theirs = tab(TRACKER, TRACKER_ROWS), tab(12, TRACKER_ROWS)
    theirs["properties"]["title"] = "Tracker"
    found = seen(reply(theirs, ours), NUMBERS)
    page = found.page("tracker")
    assert page is not None
    assert (page.sheet_id, page.index) == (TRACKER, 1)
    assert found.pages == ("tracker",)
    assert not found.others
    lost = seen(reply(tab(TRACKER, [["hello"]])), NUMBERS)
    assert lost.page("tracker") is None
    assert [one.sheet_id for one in lost.others] == [TRACKER]


def test_the_cells_of_peoples_own_tabs_are_not_looked_at() -> None:
    found = seen(reply(tab(12, [[SECRET]])), NUMBERS)
    assert found.tabs[0].rows == ()
    assert found.is_new


def test_the_first_of_two_rows_with_one_key_is_ours_and_the_other_a_copy() -> None:
    found = the_tracker([*TRACKER_ROWS, TRACKER_ROWS[3]])
    assert found.row_of["P1"] == 3
    assert list(found.copied_rows) == [6]


def test_the_stamp_stands_in_the_key_column_of_the_summary() -> None:
    rows: list[list[object]] = [["halfday:summary", "what"], [], [STAMP, "Summary"], [HEADERS, "What"]]
    found = seen(reply(tab(NUMBERS["summary"], rows)), NUMBERS)
    page = found.page("summary")
    assert page is not None
    assert found.stamp == STAMP
    assert page.row_of[TITLE] == 2
    assert seen(reply(tab(TRACKER, TRACKER_ROWS)), NUMBERS).stamp == ""


def test_protection_charts_rules_and_views_are_seen() -> None:
    rule = {
        "ranges": [{"sheetId": TRACKER, "startRowIndex": 3, "startColumnIndex": 2, "endColumnIndex": 3}],
        "booleanRule": {
            "condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "At risk"}]},
            "format": {
                "backgroundColor": {"red": 1, "green": 0.49803922},
                "backgroundColorStyle": {"themeColor": "TEXT"},
            },
        },
    }
    guard = {
        "protectedRangeId": 5,
        "range": {"sheetId": TRACKER},
        "unprotectedRanges": [{"sheetId": TRACKER, "startRowIndex": 3, "startColumnIndex": 4, "endColumnIndex": 6}],
        "editors": {"users": ["Halfday@x.example"], "groups": ["all@x.example"]},
    }
    more = {
        "protectedRanges": [guard],
        "charts": [{"chartId": 9}],
        "conditionalFormats": [rule, {"gradientRule": {}}],
        "filterViews": [{"filterViewId": 4}],
    }
    found = the_tracker(TRACKER_ROWS, **more)
    assert found.charts == {9}
    assert found.views == {4}
    assert found.rules[0].texts == ("At risk",)
    assert found.rules[0].fill is None  # a colour of the theme is none of ours
    assert found.rules[1].kind == ""
    assert found.protections[0].users == {"halfday@x.example"}
    assert found.protections[0].is_wider
    assert found.protections[0].free[0].left == 4


def test_answers_are_typed_and_an_empty_cell_is_an_answer_while_a_formula_is_none() -> None:
    rows = copy.deepcopy(TRACKER_ROWS)
    said = reply(tab(TRACKER, rows))
    said["sheets"][0]["data"][0]["rowData"][4]["values"][4] = {"userEnteredValue": {"formulaValue": "=A1"}}
    page = seen(said, NUMBERS).page("tracker")
    assert page is not None
    found = answers(page, COLUMNS, {})
    assert {place: str(value) for place, value in found.items()} == {
        ("P1", "agreed"): "Call home",
        ("P1", "decided_on"): "2025-12-05",
        ("P2", "decided_on"): "None",
    }


def test_answers_in_a_row_that_lost_its_key_are_still_about_their_pupil() -> None:
    rows = copy.deepcopy(TRACKER_ROWS)
    rows[3][0] = None
    sent = {
        **{(KEYS, key): owner for key, owner in (("name", "agent"), ("stage", "agent"), ("agreed", "slt"))},
        ("P1", "name"): "Amelia Hughes",
        ("P1", "stage"): "At risk",
        ("P2", "name"): "=1+1",
    }
    found = answers(the_tracker(rows), COLUMNS, sent)
    assert found["P1", "agreed"] == "Call home"
    assert ("P1", "agreed") not in answers(the_tracker(rows), COLUMNS, {})


def test_a_column_that_is_not_there_gives_no_answer() -> None:
    rows = [[value for at, value in enumerate(row) if at != 4] for row in TRACKER_ROWS]
    assert {column for _, column in answers(the_tracker(rows), COLUMNS, {})} == {"decided_on"}


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "x",
        {},
        {"spreadsheetId": "1aB", "sheets": []},
        {"spreadsheetId": 7, "sheets": [tab(TRACKER, TRACKER_ROWS)]},
        reply(tab(TRACKER, TRACKER_ROWS), tab(TRACKER, TRACKER_ROWS)),
        reply(tab(TRACKER, TRACKER_ROWS, data=[{"startRow": 1, "rowData": []}])),
        reply(tab(TRACKER, TRACKER_ROWS, charts=[{"chartId": SECRET}])),
        reply(tab(TRACKER, TRACKER_ROWS, data=[{"rowData": [{"values": [{"userEnteredValue": {"x": SECRET}}]}]}])),
    ],
    ids=["null", "a list", "a text", "empty", "no tabs", "no id", "two alike", "a part", "no number", "no value"],
)
def test_an_answer_of_another_form_stops(odd: object) -> None:
    with pytest.raises(SafetyError) as stop:
        seen(odd, NUMBERS)
    assert SECRET not in stop.value.text()
    assert stop.value.problems


def places(said: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    return [path, *(deeper for key, value in inner for deeper in places(value, (*path, key)))]


WHOLE = reply(tab(TRACKER, TRACKER_ROWS, charts=[{"chartId": 9}]), tab(12, [["x"]]))


@given(
    at=st.sampled_from([path for path in places(WHOLE) if path]),
    junk=st.sampled_from([None, [], {}, "Amelia Hughes", -1, 1.5, True, [None], {"x": None}, [[]]]),
)
@settings(deadline=None, max_examples=300)
def test_whatever_else_stands_in_an_answer_it_is_read_or_stops_in_plain_words(
    at: tuple[Any, ...], junk: object
) -> None:
    said = copy.deepcopy(WHOLE)
    holder: Any = said
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = junk
    try:
        seen(said, NUMBERS)
    except SafetyError as stop:
        assert SECRET not in stop.text()  # noqa: PT017
