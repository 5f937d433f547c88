"""What becomes of cells that are written."""

from tests.google_facts.desk import Desk, area, text, update

LOOKS = ["=1+2", "+1", "1/2/2026", "'quoted", "TRUE", "007", "12%", "@home", "-1"]


def a_refused_batch_changes_nothing(at: Desk) -> None:
    at.batch(update([[text("before")]]))
    was = at.given("GET", at.sheets, includeGridData="true")
    at.refused(
        update([[text("after")]]),
        {"addSheet": {"properties": {"sheetId": 9, "title": "New"}}},
        {"addNamedRange": {"namedRange": {"name": "here", "range": area(0, 1, 0, 1)}}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Renamed"}, "fields": "title"}},
        {"deleteSheet": {"sheetId": 12345}},
    )
    assert at.given("GET", at.sheets, includeGridData="true") == was


def a_refused_batch_of_values_changes_nothing(at: Desk) -> None:
    at.write("A1", [["before"]])
    data = [{"range": "A1", "values": [["after"]]}, {"range": "Nowhere!A1", "values": [["x"]]}]
    answer = at.ask("POST", f"{at.sheets}/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert answer.status == 400
    assert at.values() == [["before"]]


def a_batch_is_carried_out_in_its_order(at: Desk) -> None:
    at.batch(
        {"addSheet": {"properties": {"sheetId": 9, "title": "New"}}},
        update([[text("first"), text("kept")]], sheetId=9),
        update([[text("last")]], sheetId=9),
        {"insertDimension": {"range": {"sheetId": 9, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
    )
    assert at.values("New") == [[], ["last", "kept"]]


def a_batch_answers_each_request_in_its_place(at: Desk) -> None:
    replies = at.batch(update([[text("x")]]), {"addSheet": {"properties": {"title": "New"}}}, update([[text("y")]]))
    assert [list(reply) for reply in replies] == [[], ["addSheet"], []]


def an_empty_batch_is_refused(at: Desk) -> None:
    assert at.refused() == "Must specify at least one request."


def a_batch_of_too_many_requests_is_refused(at: Desk) -> None:
    answer = at.ask("POST", f"{at.sheets}:batchUpdate", {"requests": [{}] * 100_001})
    assert (answer.status, "Cannot exceed 100000 requests in a single batch." in answer.words) == (400, True)


def raw_texts_stay_as_they_are(at: Desk) -> None:
    assert at.write("A1", [[*LOOKS]]).status == 200
    data = [{"range": "A2", "values": [[*LOOKS]]}]
    at.given("POST", f"{at.sheets}/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert at.values(option="FORMULA") == at.values() == at.values(option="FORMATTED_VALUE") == [LOOKS, LOOKS]
    assert at.cell("userEnteredValue") == text("=1+2")


def raw_numbers_and_truth_values_stay_such(at: Desk) -> None:
    at.write("A1", [[7, 2.5, True, False]])
    (row,) = at.values()
    assert [(type(value), value) for value in row] == [(int, 7), (float, 2.5), (bool, True), (bool, False)]
    assert at.cell("userEnteredValue") == {"userEnteredValue": {"numberValue": 7}}
    assert at.cell("userEnteredValue", 0, 2) == {"userEnteredValue": {"boolValue": True}}


def rows_in_which_nothing_is_written_are_not_counted(at: Desk) -> None:
    at.write("A1", [["kept", "kept"], ["kept"]])
    told = at.write("A1", [[None, None], [None, "new"], [""]]).told
    assert (told["updatedRows"], told["updatedColumns"], told["updatedCells"]) == (2, 2, 2)
    assert at.values() == [["kept", "kept"], ["kept", "new"]]


def a_string_value_is_a_text(at: Desk) -> None:
    at.batch(update([[text(look) for look in LOOKS]]))
    assert at.values(option="FORMULA") == at.values() == [LOOKS]
    assert [at.cell("userEnteredValue", 0, column) for column in range(len(LOOKS))] == [text(look) for look in LOOKS]


def a_formula_value_is_worked_out(at: Desk) -> None:
    at.batch(update([[{"userEnteredValue": {"formulaValue": "=1+2"}}]]))
    assert (at.values(), at.values(option="FORMULA")) == ([[3]], [["=1+2"]])


def only_the_fields_of_the_mask_change(at: Desk) -> None:
    dressed = {"note": "see me", "userEnteredFormat": {"textFormat": {"bold": True}, "wrapStrategy": "WRAP"}}
    at.batch(update([[{**text("old"), **dressed}]], "userEnteredValue,note,userEnteredFormat"))
    at.batch(update([[{**text("new"), "note": "not asked for"}]]))
    assert at.cell("userEnteredValue,note,userEnteredFormat") == {**text("new"), **dressed}
    at.batch(update([[{"userEnteredFormat": {"textFormat": {"italic": True}}}]], "userEnteredFormat.textFormat.italic"))
    assert at.cell("userEnteredFormat(textFormat,wrapStrategy)")["userEnteredFormat"] == {
        "textFormat": {"bold": True, "italic": True},
        "wrapStrategy": "WRAP",
    }
    at.batch(update([[{}]]))
    assert at.cell("userEnteredValue,note") == {"note": "see me"}


def cells_without_data_lose_the_fields_of_the_mask(at: Desk) -> None:
    at.write("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    rows = [{"values": [text("A")]}]
    at.batch({"updateCells": {"range": area(0, 2, 0, 2), "rows": rows, "fields": "userEnteredValue"}})
    assert at.values() == [["A"], [], ["e", "f"]]


def from_a_start_rows_may_have_different_lengths(at: Desk) -> None:
    at.write("A1", [["a", "b", "c"], ["d", "e", "f"]])
    at.batch(update([[text("B"), text("C")], [text("E")]], rowIndex=0, columnIndex=1))
    assert at.values() == [["a", "B", "C"], ["d", "E", "f"]]


def repeat_cell_changes_every_cell_of_its_range(at: Desk) -> None:
    at.write("A1", [["a", "b"], ["c", "d"]])
    cell = {"note": "all", "userEnteredValue": {"stringValue": "not asked for"}}
    at.batch({"repeatCell": {"range": area(0, 2, 0, 2), "cell": cell, "fields": "note"}})
    assert at.values() == [["a", "b"], ["c", "d"]]
    assert [at.cell("note", row, column) for row in (0, 1) for column in (0, 1)] == [{"note": "all"}] * 4
    assert at.cell("note", 0, 2) == {}


def a_change_without_a_mask_is_refused(at: Desk) -> None:
    at.write("A1", [["kept"]])
    without: list[object] = [
        {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [text("x")]}]}},
        {"repeatCell": {"range": area(0, 1, 0, 1), "cell": text("x")}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "x"}}},
    ]
    for request in without:
        assert "At least one field" in at.refused(request)
    assert at.values("Sheet1") == [["kept"]]


def an_unknown_name_is_refused(at: Desk) -> None:
    properties = {"sheetId": 0, "headerValues": ["a"]}
    words = at.refused({"updateSheetProperties": {"properties": properties, "fields": "title"}})
    assert "Unknown name \"headerValues\" at 'requests[0].update_sheet_properties.properties'" in words


def a_list_in_a_cell_is_refused(at: Desk) -> None:
    answer = at.write("A1", [["kept", ["x"]]])
    assert (answer.status, "Invalid values[0][1]: list_value" in answer.words) == (400, True)
    assert at.values() == []


def a_date_is_a_number_of_days(at: Desk) -> None:
    day = {"userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}}
    number = {"userEnteredValue": {"numberValue": 45_000}}
    at.batch(update([[{**number, **day}]], "userEnteredValue,userEnteredFormat.numberFormat"))
    assert at.cell("userEnteredValue") == number
    assert at.values(option="FORMATTED_VALUE") == [["2023-03-15"]]


def clearing_keeps_notes_and_formats(at: Desk) -> None:
    dressed = {"note": "see me", "userEnteredFormat": {"textFormat": {"bold": True}}}
    for clear, body in (("/values/A1:clear", None), ("/values:batchClear", {"ranges": ["Sheet1"]})):
        at.batch(update([[{**text("old"), **dressed}]], "userEnteredValue,note,userEnteredFormat"))
        at.given("POST", at.sheets + clear, body)
        assert at.cell("userEnteredValue,note,userEnteredFormat") == dressed


def a_text_that_is_too_long_is_refused(at: Desk) -> None:
    longest = "x" * 50_000
    assert at.write("A1", [[longest]]).status == 200
    answer = at.write("A1", [[longest + "x"]])
    assert (answer.status, "more than the maximum of 50000 characters" in answer.words) == (400, True)
    assert "50000 characters" in at.refused(update([[text(longest + "x")]]))
    assert at.values() == [[longest]]
