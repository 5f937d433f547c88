"""The grid of a tab, and its limits."""

from tests.google_facts.desk import Desk, text, update


def _sized(rows: int, columns: int, fields: str = "gridProperties(rowCount,columnCount)") -> dict[str, object]:
    grid = {"rowCount": rows, "columnCount": columns}
    return {"updateSheetProperties": {"properties": {"sheetId": 0, "gridProperties": grid}, "fields": fields}}


def values_outside_the_grid_are_refused(at: Desk) -> None:
    at.batch(_sized(5, 3))
    for where, values in (("Sheet1!D1", [["x"]]), ("Sheet1!A6", [["x"]]), ("Sheet1!C1", [["x", "y"]])):
        answer = at.write(where, values)
        assert answer.status == 400
        assert "exceeds grid limits. Max rows: 5, max columns: 3" in answer.words
    assert at.write("Sheet1!D1", [["x"]]).words == "Range (Sheet1!D1) exceeds grid limits. Max rows: 5, max columns: 3"
    assert at.values() == []


def cells_outside_the_grid_are_refused_in_a_batch(at: Desk) -> None:
    at.batch(_sized(5, 3))
    words = "Invalid requests[{}].updateCells: Range (Sheet1!{}) exceeds grid limits. Max rows: 5, max columns: 3"
    assert at.refused(update([[text("x")]], rowIndex=5)) == words.format(0, "A6")
    assert at.refused(update([[text("x")]]), update([[text("x")]], columnIndex=3)) == words.format(1, "D1")
    assert at.values() == []
    assert at.tab("properties(gridProperties)")["properties"]["gridProperties"] == {"rowCount": 5, "columnCount": 3}


def more_than_ten_million_cells_are_refused_rows_first(at: Desk) -> None:
    words = "above the limit of 10000000 cells"
    assert words in at.refused(_sized(1_000_000, 11))
    assert words in at.refused(_sized(1_000_000, 5)), "26 columns are still there when the rows are looked at"
    grid = {"rowCount": 10_000, "columnCount": 1_000}
    assert words in at.refused({"addSheet": {"properties": {"gridProperties": grid}}})
    at.batch(_sized(1_000, 5), _sized(1_000_000, 5))
    assert at.tab("properties(gridProperties(rowCount))")["properties"]["gridProperties"] == {"rowCount": 1_000_000}


def a_smaller_tab_loses_what_stood_outside(at: Desk) -> None:
    at.write("A1", [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    at.batch(_sized(2, 2))
    at.batch(_sized(1_000, 26))
    assert at.values() == [["a", "b"], ["d", "e"]]


def a_tab_that_is_not_there_is_refused(at: Desk) -> None:
    at.batch({"addSheet": {"properties": {"sheetId": 9}}}, {"deleteSheet": {"sheetId": 0}})
    assert at.refused(_sized(5, 5)) == "Invalid requests[0].updateSheetProperties: No sheet with id: 0"


def the_last_tab_cannot_be_deleted(at: Desk) -> None:
    words = at.refused({"deleteSheet": {"sheetId": 0}})
    assert words == "Invalid requests[0].deleteSheet: You can't remove all the sheets in a document."


def the_last_row_cannot_be_deleted(at: Desk) -> None:
    at.batch(_sized(5, 3))
    for dimension, size in (("ROWS", 5), ("COLUMNS", 3)):
        whole = {"sheetId": 0, "dimension": dimension, "startIndex": 0, "endIndex": size}
        words = at.refused({"deleteDimension": {"range": whole}})
        wanted = f"Invalid requests[0].deleteDimension: You can't delete all the {dimension.lower()} on the sheet."
        assert words == wanted


def a_title_is_used_once(at: Desk) -> None:
    words = 'A sheet with the name "{}" already exists. Please enter another name.'
    assert at.refused({"addSheet": {"properties": {"title": "Sheet1"}}}).endswith(words.format("Sheet1"))
    at.batch({"addSheet": {"properties": {"sheetId": 9, "title": "Other"}}})
    renamed = {"updateSheetProperties": {"properties": {"sheetId": 9, "title": "Sheet1"}, "fields": "title"}}
    assert at.refused(renamed).endswith(words.format("Sheet1"))


def not_all_rows_can_be_frozen(at: Desk) -> None:
    at.batch(_sized(5, 3))
    grid = {"frozenRowCount": 5}
    frozen = {"properties": {"sheetId": 0, "gridProperties": grid}, "fields": "gridProperties.frozenRowCount"}
    assert at.refused({"updateSheetProperties": frozen}).endswith("You can't freeze all visible rows on the sheet.")


def rows_move_before_the_destination(at: Desk) -> None:
    at.write("A1", [[i] for i in range(5)])
    lines = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    at.batch({"moveDimension": {"source": lines, "destinationIndex": 4}})
    assert at.values() == [[0], [3], [1], [2], [4]]
    lines = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 4}
    at.batch({"moveDimension": {"source": lines, "destinationIndex": 1}})
    assert at.values() == [[0], [1], [2], [3], [4]]


def hidden_rows_and_columns_are_read(at: Desk) -> None:
    rows = [["a", "b"], ["c", "d"]]
    at.write("A1", rows)
    for dimension in ("ROWS", "COLUMNS"):
        lines = {"sheetId": 0, "dimension": dimension, "startIndex": 0, "endIndex": 1}
        hidden = {"range": lines, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
        at.batch({"updateDimensionProperties": hidden})
    assert at.values() == rows
    block = at.tab("data(rowMetadata(hiddenByUser),columnMetadata(hiddenByUser))")["data"][0]
    assert [block[name][:2] for name in ("rowMetadata", "columnMetadata")] == [[{"hiddenByUser": True}, {}]] * 2


def a_filter_hides_nothing_from_who_reads(at: Desk) -> None:
    rows = [["kind"], ["a"], ["b"]]
    at.write("A1", rows)
    shows = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["a"]}}]
    whole = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    at.batch({"setBasicFilter": {"filter": {"range": whole, "filterSpecs": shows}}})
    at.batch({"addFilterView": {"filter": {"title": "Mine", "range": whole, "filterSpecs": shows}}})
    assert at.values() == rows
    assert at.cell("userEnteredValue", 1) == text("a")


def a_drop_down_stops_nothing_that_is_written(at: Desk) -> None:
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}, {"userEnteredValue": "no"}]}
    rule = {"condition": condition, "strict": True, "showCustomUi": True}
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    at.batch({"setDataValidation": {"range": area, "rule": rule}})
    at.batch(update([[text("maybe")]]))
    assert at.cell("userEnteredValue,dataValidation(strict)") == {**text("maybe"), "dataValidation": {"strict": True}}
