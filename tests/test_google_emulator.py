"""The emulator's spreadsheets: batches, typed values, protected ranges, what moves, and people in the page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.google_client import Client, asking, grid, lines, write
from tests.google_emulator import Google, NotAllowedError
from tests.google_emulator.moving import Delete, Insert, Move
from tests.google_emulator.replies import Json

HEAD = "head@larkfield.example"
IT = "it@larkfield.example"
LOOKS = ["=1+2", "+44 7700", "1/2/2026", "'quoted", "TRUE", "007", "12%", "-1", "@home"]


@pytest.fixture
def client() -> Iterator[Client]:
    with asking() as client:
        yield client


@pytest.fixture
def google(client: Client) -> Google:
    return client.google


# ---- batches


def test_a_batch_happens_whole_or_not_at_all(client: Client, google: Google) -> None:
    client.batch(write(["before"]))
    renamed = {"updateSpreadsheetProperties": {"properties": {"title": "Renamed"}, "fields": "title"}}
    sheet = {"addSheet": {"properties": {"sheetId": 9, "title": "New"}}}
    refused = client.batch(write(["after"]), sheet, renamed, write(["x"], row=2000))
    assert (refused.status, refused.words) == (
        400,
        "Invalid requests[3].updateCells: Range (Sheet1!A2001) exceeds grid limits. Max rows: 1000, max columns: 26",
    )
    assert (google.text(client.book, "Sheet1"), google.tabs(client.book)) == ([["before"]], ["Sheet1"])
    assert google.books[client.book].name == "SLT copy"


def test_the_ids_that_a_request_chooses_are_kept_and_taken_once(client: Client) -> None:
    chart = {"chartId": 70, "spec": {"title": "Absence", "basicChart": {"chartType": "COLUMN"}}, "position": {}}
    view = {"filterViewId": 71, "title": "Mine", "range": {"sheetId": 5}}
    rule = {"protectedRangeId": 72, "range": {"sheetId": 5}}
    requests: list[Json] = [
        {"addSheet": {"properties": {"sheetId": 5, "title": "Tracker"}}},
        {"addChart": {"chart": chart}},
        {"addFilterView": {"filter": view}},
        {"addProtectedRange": {"protectedRange": rule}},
    ]
    assert client.batch(*requests).status == 200
    found = client.get(
        "sheets(properties.sheetId,charts.chartId,filterViews.filterViewId,protectedRanges.protectedRangeId)"
    )
    assert found["sheets"] == [
        {"properties": {"sheetId": 0}, "charts": [{"chartId": 70}]},
        {
            "properties": {"sheetId": 5},
            "filterViews": [{"filterViewId": 71}],
            "protectedRanges": [{"protectedRangeId": 72}],
        },
    ]
    assert [client.batch(request).status for request in requests] == [400] * 4


def test_a_request_that_is_not_emulated_is_said_so_and_nothing_is_made_up(client: Client) -> None:
    refused = client.batch({"findReplace": {"find": "a", "replacement": "b", "allSheets": True}})
    assert (refused.status, refused.words) == (501, "The emulator does not know the request findReplace.")


# ---- what is written


def test_typed_and_raw_texts_stay_texts_and_what_people_type_is_understood(client: Client, google: Google) -> None:
    client.batch(write([*LOOKS]))
    values = {"valueInputOption": "RAW", "data": [{"range": "A2", "values": [LOOKS]}]}
    client.ask("POST", f"/v4/spreadsheets/{client.book}/values:batchUpdate", values)
    person = google.person(client.book, IT)
    for column, look in enumerate(LOOKS):
        person.type("Sheet1", 2, column, look)
    columns = range(len(LOOKS))
    texts = [[google.cell(client.book, "Sheet1", row, column) for column in columns] for row in range(3)]
    assert texts[:2] == [LOOKS, LOOKS]
    assert texts[2] == [3, "#NAME?", 46024, "quoted", True, 7, 0.12, -1, "@home"]
    assert google.shown(client.book, "Sheet1", 2, 2) == "1/2/2026"


def test_text_format_keeps_what_people_type_as_text(client: Client, google: Google) -> None:
    text = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    client.batch({"repeatCell": {"range": grid(0, 1, 0, 9), "cell": text, "fields": "userEnteredFormat.numberFormat"}})
    person = google.person(client.book, IT)
    for column, look in enumerate(LOOKS):
        person.type("Sheet1", 0, column, look)
    assert google.text(client.book, "Sheet1") == [LOOKS]


def test_writing_values_leaves_notes_colours_and_validation_of_people_alone(client: Client, google: Google) -> None:
    person = google.person(client.book, IT)
    person.note("Sheet1", 0, 0, "ring home")
    person.colour("Sheet1", 0, 0, "ff8000")
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}}
    client.batch({"setDataValidation": {"range": grid(0, 1, 0, 1), "rule": rule}}, write(["new"]))
    client.ask("POST", f"/v4/spreadsheets/{client.book}/values/A1:clear")
    assert google.note_at(client.book, "Sheet1", 0, 0) == "ring home"
    assert google.colour_at(client.book, "Sheet1", 0, 0) == {"red": 1, "green": pytest.approx(128 / 255)}
    assert google.at(client.book, "Sheet1", 0, 0).rest == {"dataValidation": rule}
    assert google.cell(client.book, "Sheet1", 0, 0) is None


# ---- the grid


def test_ten_million_cells_are_the_end_and_rows_are_looked_at_first(client: Client) -> None:
    size = {"sheetId": 0, "gridProperties": {"rowCount": 1_000_000, "columnCount": 10}}
    fields = "gridProperties(rowCount,columnCount)"
    refused = client.batch({"updateSheetProperties": {"properties": size, "fields": fields}})
    assert "above the limit of 10000000 cells" in refused.words
    narrow = {"sheetId": 0, "gridProperties": {"columnCount": 10}}
    narrowed = {"updateSheetProperties": {"properties": narrow, "fields": "gridProperties.columnCount"}}
    assert client.batch(narrowed, {"updateSheetProperties": {"properties": size, "fields": fields}}).status == 200


def test_a_smaller_tab_loses_what_lay_outside(client: Client, google: Google) -> None:
    client.batch(write(["a"]), write(["b"], row=9))
    for count in (5, 20):
        size = {"sheetId": 0, "gridProperties": {"rowCount": count}}
        client.batch({"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}})
    assert google.text(client.book, "Sheet1") == [["a"]]


# ---- what moves


def furnish(client: Client) -> None:
    """One of each thing that holds a range, all over C3:E6."""
    place = grid(2, 6, 2, 5)
    source = {"sourceRange": {"sources": [place]}}
    chart = {"basicChart": {"chartType": "LINE", "series": [{"series": source}]}}
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 2, "columnIndex": 2}}}
    condition = {"booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}}}
    spec = {"columnIndex": 3, "filterCriteria": {"hiddenValues": ["x"]}}
    open_cells = {"range": {"sheetId": 0}, "unprotectedRanges": [place]}
    answer = client.batch(
        {"addChart": {"chart": {"chartId": 1, "spec": chart, "position": anchor}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [place], **condition}}},
        {"addFilterView": {"filter": {"filterViewId": 2, "range": place, "filterSpecs": [spec]}}},
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 3, **open_cells}}},
        {"mergeCells": {"range": place}},
        {"addNamedRange": {"namedRange": {"name": "here", "range": place}}},
        {
            "updateDimensionProperties": {
                "range": lines("COLUMNS", 2, 3),
                "properties": {"pixelSize": 7},
                "fields": "pixelSize",
            }
        },
    )
    assert answer.status == 200, answer.words


def places(client: Client) -> list[Any]:
    """Where everything is now: all ranges, then the chart's anchor and the filter's column."""
    found = client.get("namedRanges,sheets(merges,charts,conditionalFormats,filterViews,protectedRanges)")
    sheet = found["sheets"][0]
    chart, view = sheet["charts"][0], sheet["filterViews"][0]
    ranges = [
        chart["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"][0],
        sheet["conditionalFormats"][0]["ranges"][0],
        view["range"],
        sheet["protectedRanges"][0]["unprotectedRanges"][0],
        sheet["merges"][0],
        found["namedRanges"][0]["range"],
    ]
    anchor = chart["position"]["overlayPosition"]["anchorCell"]
    return [*({tuple(held.values()) for held in ranges}), tuple(anchor.values()), view["filterSpecs"][0]["columnIndex"]]


@pytest.mark.parametrize(
    ("request_", "moved"),
    [
        ({"insertDimension": {"range": lines("ROWS", 0, 2)}}, [(4, 8, 2, 5), (4, 2), 3]),
        ({"insertDimension": {"range": lines("ROWS", 2, 3)}}, [(3, 7, 2, 5), (3, 2), 3]),
        ({"insertDimension": {"range": lines("ROWS", 3, 4)}}, [(2, 7, 2, 5), (2, 2), 3]),
        ({"insertDimension": {"range": lines("ROWS", 6, 7)}}, [(2, 6, 2, 5), (2, 2), 3]),
        ({"insertDimension": {"range": lines("COLUMNS", 3, 4)}}, [(2, 6, 2, 6), (2, 2), 4]),
        ({"deleteDimension": {"range": lines("ROWS", 1, 4)}}, [(1, 3, 2, 5), (1, 2), 3]),
        ({"deleteDimension": {"range": lines("COLUMNS", 0, 2)}}, [(2, 6, 0, 3), (2, 0), 1]),
        ({"moveDimension": {"source": lines("COLUMNS", 2, 5), "destinationIndex": 0}}, [(2, 6, 0, 3), (2, 0), 1]),
        ({"moveDimension": {"source": lines("COLUMNS", 0, 1), "destinationIndex": 9}}, [(2, 6, 1, 4), (2, 1), 2]),
        ({"moveDimension": {"source": lines("COLUMNS", 9, 10), "destinationIndex": 3}}, [(2, 6, 2, 6), (2, 2), 4]),
    ],
)
def test_what_holds_a_range_goes_where_the_cells_go(client: Client, request_: Json, moved: list[object]) -> None:
    furnish(client)
    assert places(client) == [(2, 6, 2, 5), (2, 2), 3]
    answer = client.batch(request_)
    assert (answer.status, places(client)) == (200, moved)


def test_what_holds_only_deleted_cells_goes_but_a_chart_stays(client: Client) -> None:
    furnish(client)
    client.batch({"deleteDimension": {"range": lines("ROWS", 1, 7)}})
    found = client.get("namedRanges,sheets(merges,charts(chartId,position),conditionalFormats,filterViews)")
    anchor = {"overlayPosition": {"anchorCell": {"rowIndex": 1, "columnIndex": 2}}}
    assert found == {"sheets": [{"charts": [{"chartId": 1, "position": anchor}]}]}


def test_hidden_rows_and_widths_move_with_their_rows_and_columns(client: Client, google: Google) -> None:
    person = google.person(client.book, IT)
    person.hide_rows("Sheet1", 3)
    person.hide_column("Sheet1", 0)
    person.insert_rows("Sheet1", 1, 2)
    person.move_column("Sheet1", 0, 3)
    data = client.get("sheets.data(rowMetadata.hiddenByUser,columnMetadata.hiddenByUser)")["sheets"][0]["data"][0]
    hidden = {name: [at for at, held in enumerate(data[name]) if held] for name in data}
    assert hidden == {"rowMetadata": [5], "columnMetadata": [2]}


@given(st.integers(0, 12), st.integers(1, 5), st.integers(0, 10), st.integers(1, 8), st.booleans())
def test_a_range_goes_where_its_first_and_last_cell_go(at: int, count: int, start: int, length: int, add: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    shift = Insert(at, count) if add else Delete(at, count)
    left = [to for one in range(start, start + length) if (to := shift.index(one)) is not None]
    assert shift.span(start, start + length) == ((min(left), max(left) + 1) if left else None)


@given(st.integers(0, 9), st.integers(1, 5), st.integers(0, 14))
def test_moved_lines_are_all_still_there_in_the_order_a_person_sees(start: int, count: int, to: int) -> None:
    if start < to < start + count:
        to = start
    before = list(range(15))
    block = before[start : start + count]
    rest = [line for line in before if line not in block]
    cut = to if to <= start else to - len(block)
    move = Move(start, start + len(block), to)
    assert sorted(before, key=lambda line: move.index(line) or 0) == rest[:cut] + block + rest[cut:]


# ---- protected ranges


def guarded(client: Client, role: str = "writer") -> None:
    """A tab that the owner protects but for D1:E9, and a head who may write elsewhere."""
    client.google.share(client.book, HEAD, role)
    protection = {"range": {"sheetId": 0}, "unprotectedRanges": [grid(0, 9, 3, 5)], "editors": {"users": [IT]}}
    client.batch({"addProtectedRange": {"protectedRange": protection}})


def test_who_is_not_an_editor_types_only_where_the_tab_is_open(client: Client, google: Google) -> None:
    guarded(client)
    head = google.person(client.book, HEAD)
    head.type("Sheet1", 0, 3, "agreed")
    acts: list[Callable[[], None]] = [
        lambda: head.type("Sheet1", 0, 0, "x"),
        lambda: head.clear("Sheet1", 0, 2, columns=2),
        lambda: head.insert_rows("Sheet1", 1),
        lambda: head.insert_columns("Sheet1", 4),
        lambda: head.delete_rows("Sheet1", 1),
        lambda: head.sort("Sheet1", 0),
        lambda: head.hide_column("Sheet1", 3),
        lambda: head.rename("Sheet1", "Mine"),
        lambda: head.delete_tab("Sheet1"),
        lambda: head.unprotect("Sheet1"),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError, match="protected cell or object"):
            act()
    assert google.text(client.book, "Sheet1") == [["", "", "", "agreed"]]


def test_the_owner_and_the_editors_type_everywhere_and_a_warning_stops_nobody(client: Client, google: Google) -> None:
    guarded(client)
    google.person(client.book, IT).type("Sheet1", 0, 0, "owner")
    google.person(client.book, IT).unprotect("Sheet1")
    warning = {"range": {"sheetId": 0}, "warningOnly": True}
    client.batch({"addProtectedRange": {"protectedRange": warning}})
    listed = client.get("sheets.protectedRanges.editors.users")["sheets"][0]["protectedRanges"][0]["editors"]["users"]
    assert IT in listed, "recorded of gspread's own tests, in a conversation that is not among the 99"
    google.person(client.book, HEAD).type("Sheet1", 0, 1, "head")
    assert google.text(client.book, "Sheet1") == [["owner", "head"]]


def test_the_one_who_protects_becomes_an_editor_and_only_editors_are_shown_the_editors(
    client: Client, google: Google
) -> None:
    google.share(client.book, HEAD, "writer")
    google.person(client.book, HEAD).protect("Sheet1")
    assert client.get("sheets.protectedRanges.editors")["sheets"][0]["protectedRanges"] == [
        {"editors": {"users": [HEAD, IT]}}
    ]
    google.share(client.book, "other@larkfield.example", "writer")
    with pytest.raises(NotAllowedError):
        google.person(client.book, "other@larkfield.example").type("Sheet1", 0, 0, "x")


@pytest.mark.parametrize("role", ["reader", "commenter"])
def test_who_may_not_write_changes_nothing_in_the_page(client: Client, google: Google, role: str) -> None:
    guarded(client, role)
    head = google.person(client.book, HEAD)
    with pytest.raises(NotAllowedError, match="writer is needed"):
        head.type("Sheet1", 0, 3, "x")
    if role == "commenter":
        head.comment("Why is he not in?")
        assert client.drive("/comments", fields="comments/content").json == {
            "comments": [{"content": "Why is he not in?"}]
        }


def test_a_new_row_may_come_beside_protected_cells_but_not_between_them(client: Client, google: Google) -> None:
    google.share(client.book, HEAD, "writer")
    client.batch({"addProtectedRange": {"protectedRange": {"range": grid(2, 5, 0, 3)}}})
    head = google.person(client.book, HEAD)
    head.insert_rows("Sheet1", 5)
    head.insert_rows("Sheet1", 2)
    with pytest.raises(NotAllowedError):
        head.insert_rows("Sheet1", 4)
    assert client.get("sheets.protectedRanges.range(startRowIndex,endRowIndex)")["sheets"][0]["protectedRanges"] == [
        {"range": {"startRowIndex": 3, "endRowIndex": 6}}
    ]


# ---- people


def test_a_sorted_row_takes_its_notes_along_and_frozen_rows_stay(client: Client, google: Google) -> None:
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}}
    client.batch(
        {"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}},
        write(["Name", "Per cent"], ["Bo", 91], ["Al", 78.5], ["Cy", None]),
    )
    person = google.person(client.book, IT)
    person.note("Sheet1", 2, 0, "lowest")
    person.sort("Sheet1", 1)
    assert google.text(client.book, "Sheet1") == [["Name", "Per cent"], ["Al", "78.5"], ["Bo", "91"], ["Cy"]]
    assert google.note_at(client.book, "Sheet1", 1, 0) == "lowest"
    person.sort("Sheet1", 0, descending=True)
    assert [row[0] for row in google.text(client.book, "Sheet1")] == ["Name", "Cy", "Bo", "Al"]


def test_a_filter_hides_and_deletes_nothing(client: Client, google: Google) -> None:
    client.batch(write(["Year"], ["7"], ["8"]))
    google.person(client.book, IT).filter("Sheet1", 0, ["7"])
    assert google.text(client.book, "Sheet1") == [["Year"], ["7"], ["8"]]
    specs = client.get("sheets.basicFilter.filterSpecs")["sheets"][0]["basicFilter"]["filterSpecs"]
    assert specs == [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["8"]}}]


def test_an_earlier_version_comes_back_whole_and_is_a_change(client: Client, google: Google) -> None:
    client.batch(write(["early"]))
    early = google.version(client.book)
    google.share(client.book, HEAD, "reader")
    person = google.person(client.book, IT)
    person.type("Sheet1", 0, 0, "late")
    person.rename("Sheet1", "Other")
    person.add_tab("More")
    person.restore(early)
    assert (google.tabs(client.book), google.text(client.book, "Sheet1")) == (["Sheet1"], [["early"]])
    assert [held["emailAddress"] for held in google.books[client.book].permissions] == [IT, HEAD]
    assert int(client.drive(fields="version").json["version"]) > early
