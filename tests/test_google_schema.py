"""What Google's own description of its services refuses is caught before it is sent, and told without any contents."""

import json
import time
from functools import cache
from pathlib import Path

import pytest
from tests import google_documents, google_recordings, google_replay

from halfday_sync.sheets import schema_documents
from halfday_sync.sheets.schema import MOST, reply_faults, request_faults, request_warnings, service
from halfday_sync.sheets.schema_checks import ONE_OF
from halfday_sync.sheets.schema_documents import DRIVE, SHEETS
from halfday_sync.sheets.schema_masks import ROOTS, MaskError, read

BOOK = "https://sheets.googleapis.com/v4/spreadsheets/1made-Up_Book"
FILE = "https://www.googleapis.com/drive/v3/files/1made-Up_Book"
NAME = "Wilhelmina Featherstonehaugh"
AREA = {"sheetId": 1, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}


def cells(**told: object) -> dict[str, object]:
    return {"updateCells": {"start": {"sheetId": 1}, "fields": "userEnteredValue", **told}}


def row(*values: object) -> list[object]:
    return [{"values": [{"userEnteredValue": value} for value in values]}]


def batch(*changes: object) -> dict[str, object]:
    return {"requests": list(changes)}


WELL = {
    "typed cells": ("POST", f"{BOOK}:batchUpdate", batch(cells(rows=row({"stringValue": NAME}, {"numberValue": 1.5})))),
    "a cell that is emptied": ("POST", f"{BOOK}:batchUpdate", batch(cells(rows=[{"values": [{}]}]))),
    "a mask in brackets": ("GET", f"{BOOK}?fields=sheets(properties(sheetId,title),data(rowData(values(note))))", None),
    "a mask with strokes": ("GET", f"{BOOK}?fields=sheets/properties/gridProperties/rowCount,spreadsheetId", None),
    "a mask of everything": ("GET", f"{BOOK}?fields=*", None),
    "values as they are": (
        "POST",
        f"{BOOK}/values:batchUpdate",
        {"valueInputOption": "RAW", "data": [{"range": "Tab!A1", "values": [[NAME, 1, None, True]]}]},
    ),
    "two ranges in one address": ("GET", f"{BOOK}/values:batchGet?ranges=A1&ranges=%27A+tab%27%21B2%3AC3", None),
    "a chart that moves to a sheet of its own": (
        "POST",
        f"{BOOK}:batchUpdate",
        batch({"updateEmbeddedObjectPosition": {"objectId": 7, "newPosition": {"newSheet": True}}}),
    ),
    "who may see a file": (
        "GET",
        f"{FILE}/permissions?pageSize=100&fields=permissions(id)",
        None,
    ),
    "a permission": ("POST", f"{FILE}/permissions", {"type": "user", "role": "reader", "emailAddress": "a@b.example"}),
    "an address without its host": ("GET", "/v4/spreadsheets/1made-Up_Book", None),
    "several requests in one": ("POST", "https://www.googleapis.com/batch/drive/v3", "--part"),
}

PLANTED = {
    "a kind of change misspelt": (
        ("POST", f"{BOOK}:batchUpdate", batch({"updateCell": {}})),
        "sheets.spreadsheets.batchUpdate: body.requests[0]: a name that Google does not know (nearest: updateCells)",
    ),
    "a field misspelt": (
        ("POST", f"{BOOK}:batchUpdate", batch({"mergeCells": {"range": {"sheetId": 1, "startRow": 0}}})),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].mergeCells.range: "
            "a name that Google does not know (nearest: startRowIndex)"
        ),
    ),
    "a bare text as a typed value": (
        ("POST", f"{BOOK}:batchUpdate", batch(cells(rows=row(NAME)))),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].updateCells.rows[0].values[0].userEnteredValue: "
            "object expected, string given"
        ),
    ),
    "a number as a text": (
        ("POST", f"{BOOK}:batchUpdate", batch(cells(rows=row({"stringValue": 7})))),
        (
            "sheets.spreadsheets.batchUpdate: "
            "body.requests[0].updateCells.rows[0].values[0].userEnteredValue.stringValue: "
            "string expected, integer given"
        ),
    ),
    "a value that is two things": (
        ("POST", f"{BOOK}:batchUpdate", batch(cells(rows=row({"stringValue": NAME, "formulaValue": "=A1"})))),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].updateCells.rows[0].values[0].userEnteredValue: "
            "only one of formulaValue, stringValue may be there"
        ),
    ),
    "no mask": (
        ("POST", f"{BOOK}:batchUpdate", batch({"updateCells": {"start": {"sheetId": 1}, "rows": row({})}})),
        "sheets.spreadsheets.batchUpdate: body.requests[0].updateCells.fields: missing, or empty",
    ),
    "a mask that leads nowhere": (
        ("POST", f"{BOOK}:batchUpdate", batch(cells(fields="userEnteredValues"))),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].updateCells.fields: "
            "a name that Google does not know (nearest: userEnteredValue)"
        ),
    ),
    "a mask that leads nowhere, deeper": (
        ("POST", f"{BOOK}:batchUpdate", batch(cells(fields="note,userEnteredFormat(textFormat(bold,italics))"))),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].updateCells.fields.userEnteredFormat.textFormat: "
            "a name that Google does not know (nearest: italic)"
        ),
    ),
    "a mask that repeats its root": (
        ("POST", f"{BOOK}:batchUpdate", batch({"repeatCell": {"range": AREA, "cell": {}, "fields": "cell.note"}})),
        "sheets.spreadsheets.batchUpdate: body.requests[0].repeatCell.fields: a name that Google does not know",
    ),
    "a mask of a tab's properties": (
        (
            "POST",
            f"{BOOK}:batchUpdate",
            batch({"updateSheetProperties": {"properties": {"sheetId": 1}, "fields": "sheetID"}}),
        ),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].updateSheetProperties.fields: "
            "a name that Google does not know (nearest: sheetId)"
        ),
    ),
    "a mask with a bracket left open": (
        ("GET", f"{BOOK}?fields=sheets(properties", None),
        "sheets.spreadsheets.get: query fields: the mask cannot be read: a bracket is left open",
    ),
    "a mask for what comes back": (
        ("GET", f"{BOOK}?fields=sheets.protectedRange", None),
        "sheets.spreadsheets.get: query fields.sheets: a name that Google does not know (nearest: protectedRanges)",
    ),
    "two kinds in one change": (
        ("POST", f"{BOOK}:batchUpdate", batch({"deleteSheet": {"sheetId": 1}, "mergeCells": {"range": AREA}})),
        "sheets.spreadsheets.batchUpdate: body.requests[0]: exactly one kind of change expected, 2 given",
    ),
    "no change at all": (
        ("POST", f"{BOOK}:batchUpdate", batch()),
        "sheets.spreadsheets.batchUpdate: body.requests: at least one change expected",
    ),
    "a word that is not among those": (
        (
            "POST",
            f"{BOOK}:batchUpdate",
            batch({"addChart": {"chart": {"spec": {"basicChart": {"chartType": "BARS"}}}}}),
        ),
        (
            "sheets.spreadsheets.batchUpdate: body.requests[0].addChart.chart.spec.basicChart.chartType: "
            "not one of AREA, BAR, BASIC_CHART_TYPE_UNSPECIFIED, COLUMN, COMBO, LINE, ..."
        ),
    ),
    "a way to write that there is not": (
        ("PUT", f"{BOOK}/values/A1?valueInputOption=raw", {"values": [[NAME]]}),
        (
            "sheets.spreadsheets.values.update: query valueInputOption: "
            "not one of INPUT_VALUE_OPTION_UNSPECIFIED, RAW, USER_ENTERED"
        ),
    ),
    "a way to read that there is not": (
        ("GET", f"{BOOK}/values/A1?valueRenderOption=PRETTY", None),
        (
            "sheets.spreadsheets.values.get: query valueRenderOption: "
            "not one of FORMATTED_VALUE, FORMULA, UNFORMATTED_VALUE"
        ),
    ),
    "a name that the address of Sheets cannot have": (
        ("GET", f"{BOOK}?includeGrid=true", None),
        "sheets.spreadsheets.get: query: a name that Google does not know (nearest: includeGridData)",
    ),
    "yes in place of true": (
        ("GET", f"{BOOK}?includeGridData=yes", None),
        "sheets.spreadsheets.get: query includeGridData: true or false expected",
    ),
    "too long a page": (
        ("GET", f"{FILE}/permissions?pageSize=500", None),
        "drive.permissions.list: query pageSize: from 1 to 100 expected",
    ),
    "the same name twice": (
        ("GET", f"{FILE}/permissions?pageSize=5&pageSize=6", None),
        "drive.permissions.list: query pageSize: said more than once",
    ),
    "the wrong verb": (
        ("PUT", f"{BOOK}:batchUpdate", batch(cells())),
        "sheets.v4: PUT is not answered there; POST would be",
    ),
    "the wrong verb for a batch": (("GET", "/batch/drive/v3", None), "a batch is sent with POST"),
    "an action that there is not": (
        ("POST", f"{BOOK}:batchUpdates", batch(cells())),
        "sheets.v4: no method has such an address",
    ),
    "a service that is not used": (
        ("GET", "https://www.googleapis.com/calendar/v3/users", None),
        "no service of Google's that Halfday uses has such an address",
    ),
    "a body where none is read": (
        ("GET", BOOK, {"fields": "sheets"}),
        "sheets.spreadsheets.get: body: nothing expected",
    ),
    "a permission without its role": (
        ("POST", f"{FILE}/permissions", {"type": "user", "emailAddress": "a@b.example"}),
        "drive.permissions.create: body.role: missing",
    ),
    "a permission in the words of an older Drive": (
        ("POST", f"{FILE}/permissions", {"type": "user", "role": "reader", "withLink": False}),
        "drive.permissions.create: body: a name that Google does not know",
    ),
    "a number that is none": (
        ("PUT", f"{BOOK}/values/A1?valueInputOption=RAW", {"values": [[float("nan")]]}),
        "sheets.spreadsheets.values.update: body.values[0][0]: not a finite number",
    ),
    "a list in a cell": (
        ("PUT", f"{BOOK}/values/A1?valueInputOption=RAW", {"values": [[[NAME]]]}),
        "sheets.spreadsheets.values.update: body.values[0][0]: one value expected, array given",
    ),
    "a tab's number beyond what fits": (
        ("POST", f"{BOOK}:batchUpdate", batch({"deleteSheet": {"sheetId": 2**31}})),
        "sheets.spreadsheets.batchUpdate: body.requests[0].deleteSheet.sheetId: too large a whole number",
    ),
    "a time in other words": (
        ("PATCH", f"{FILE}/permissions/9", {"expirationTime": "next Friday"}),
        "drive.permissions.update: body.expirationTime: not written as date-time",
    ),
}


@pytest.mark.parametrize("what", WELL)
def test_what_google_takes_is_not_refused(what: str) -> None:
    assert request_faults(*WELL[what]) == ()


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_caught(what: str) -> None:
    request, fault = PLANTED[what]
    assert request_faults(*request) == (fault,)


WITH_A_NAME = (
    {NAME: 1},
    batch({NAME: {"sheetId": 1}}, {"updateCells": {NAME: NAME, "fields": NAME}}, NAME),
    batch(cells(rows=row(NAME, {NAME: NAME}, {"stringValue": [NAME]}, {"numberValue": NAME}))),
    batch({"addFilterView": {"filter": {"criteria": {NAME: {"hiddenValues": NAME}}}}}),
    batch({"addChart": {"chart": {"spec": {"basicChart": {"chartType": NAME}}}}}),
    NAME,
)


@pytest.mark.parametrize("body", WITH_A_NAME)
def test_what_is_told_repeats_nothing_that_could_be_a_pupils_name(body: object) -> None:
    first, last = NAME.split()
    address = f"{BOOK}:batchUpdate?{first}={last}&fields={first}"
    told = (*request_faults("POST", address, body), *reply_faults("POST", f"{BOOK}:batchUpdate", body))
    assert len(told) > 3
    assert not any(word.casefold() in fault.casefold() for fault in told for word in (first, last))


def test_an_address_is_not_repeated_either() -> None:
    told = [request_faults(verb, f"{BOOK}/values/{NAME}/x", None) for verb in ("GET", NAME)]
    assert told == [("sheets.v4: no method has such an address",)] * 2
    assert request_faults(NAME, BOOK, None) == ("sheets.v4: this verb is not answered there; GET would be",)


def test_of_many_faults_some_are_told_and_the_rest_is_counted() -> None:
    told = request_faults("POST", f"{BOOK}:batchUpdate", batch(cells(rows=row(*[NAME] * 1_500))))
    assert len(told) == MOST + 1
    assert told[-1] == "and 1,480 more"


def test_drive_lets_an_unknown_name_of_an_address_pass_so_it_is_a_warning() -> None:
    address = f"{FILE}?includeItemsFromAllDrives=true"
    assert request_faults("GET", address, None) == ()
    assert request_warnings("GET", address) == (
        "drive.files.get: query: a name that Google does not know (nearest: includePermissionsForView)",
    )
    assert request_warnings("GET", FILE) == request_warnings("GET", BOOK) == ()


@pytest.mark.parametrize(
    ("request_", "reply", "fault"),
    [
        (("GET", BOOK), {"sheets": [{"properties": {"sheetID": 1}}]}, ".sheets[0].properties: a name that Google"),
        (("GET", BOOK), {"sheets": [{"properties": {"sheetId": "1"}}]}, ".sheets[0].properties.sheetId: integer expec"),
        (("GET", BOOK), {"sheets": {}}, ".sheets: array expected, object given"),
        (("GET", f"{BOOK}?fields=spreadsheetId"), {"sheets": []}, ": more than was asked for"),
        (("GET", f"{BOOK}?fields=sheets(merges)"), {"sheets": [{"data": []}]}, ".sheets[0]: more than was asked for"),
        (("DELETE", FILE), {"id": "1"}, ": nothing expected"),
        (
            ("GET", f"{FILE}/permissions"),
            {"permissions": [{"deleted": "no"}]},
            ".permissions[0].deleted: boolean expec",
        ),
    ],
)
def test_an_answer_that_google_would_not_give_is_caught(request_: tuple[str, str], reply: object, fault: str) -> None:
    (told,) = (fault for fault in reply_faults(*request_, reply))
    assert fault in told.replace(" answer", "")


def test_a_whole_answer_is_in_order() -> None:
    reply = {"sheets": [{"properties": {"sheetId": 1}, "data": [{"rowData": [{}, {"values": [{"note": NAME}]}]}]}]}
    assert reply_faults("GET", f"{BOOK}?fields=sheets(properties/sheetId,data(rowData.values.note))", reply) == ()
    assert reply_faults("DELETE", FILE, None) == ()
    assert reply_faults("GET", f"{FILE}/export?mimeType=text/csv", "a,b") == ()


@pytest.mark.parametrize("text", ["", "a(", "a)", "a, b", "a,,b", ",a", "a(b,)", "a.", "a b(c]", "a(b)c", "é-"])
def test_a_mask_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(MaskError):
        read(text)


def test_a_mask_says_the_same_in_each_of_its_spellings() -> None:
    assert read("a.b.c,a.b.d,e") == read("a/b(c,d),e") == read("a(b(c),b/d),e")
    assert read("a,a.b") == read("a.b,a") == read("a")


def test_every_change_with_a_mask_says_where_its_paths_begin() -> None:
    assert service(SHEETS).masked == set(ROOTS)
    for name, groups in ONE_OF.items():
        assert all(set(group) <= set(service(SHEETS).document.types[name].fields) for group in groups)


def test_a_first_load_is_looked_at_in_less_time_than_it_takes_to_send() -> None:
    full = batch(cells(rows=[row(*[{"stringValue": "Present"}] * 30)[0] for _ in range(2_000)]))
    request_faults("POST", f"{BOOK}:batchUpdate", full)
    began = time.process_time()
    assert request_faults("POST", f"{BOOK}:batchUpdate", full) == ()
    assert time.process_time() - began < 1.0  # 0.13 s for 60,000 cells on the machine that wrote this


@cache
def exchanges() -> tuple[google_replay.Exchange, ...]:
    told = google_replay.conversations(google_recordings.recorded())
    return tuple(one for conversation in told for one in conversation.exchanges)


@pytest.mark.recordings
def test_no_recorded_answer_of_googles_is_refused() -> None:
    whole = [one for one in exchanges() if one.status < 300 and not _is_upload(one.path)]
    refused = [
        (one.path, fault)
        for one in whole
        for fault in reply_faults(one.method, one.path, None if one.reply == "" else one.reply)
    ]
    assert len(whole) > 1_700
    assert refused == []


@pytest.mark.recordings
def test_of_the_recorded_requests_those_are_refused_that_google_refused_for_their_type() -> None:
    refused = [
        one for one in exchanges() if not _is_upload(one.path) and request_faults(one.method, one.path, one.body)
    ]
    wrong_type = [one for one in exchanges() if one.status == 400 and "Invalid value at" in json.dumps(one.reply)]
    assert refused == wrong_type
    assert len(wrong_type) == 3


@pytest.mark.recordings
def test_of_the_recorded_requests_one_unknown_name_is_warned_of() -> None:
    warned = {(fault, one.status) for one in exchanges() for fault in request_warnings(one.method, one.path)}
    assert {fault.partition(" (")[0] for fault, _ in warned} == {
        "drive.files.get: query: a name that Google does not know"
    }
    assert {status for _, status in warned} == {200}


def _is_upload(path: str) -> bool:
    """The import of a text file goes to an older Drive, which Halfday never asks."""
    return path.startswith("/upload/drive/v2/")


@pytest.mark.recordings
@pytest.mark.parametrize("name", google_documents.NAMES)
def test_the_kept_descriptions_have_the_names_of_the_shared_ones(name: str) -> None:
    shared = json.loads((google_recordings.folder() / f"{name}.json").read_text(encoding="utf-8"))
    assert google_documents.names(google_documents.kept(name)) == google_documents.names(shared)


@pytest.mark.parametrize("name", google_documents.NAMES)
def test_the_notice_names_the_revisions_that_are_kept(name: str) -> None:
    kept = google_documents.kept(name)
    notice = (google_documents.PLACE / "NOTICE.md").read_text(encoding="utf-8")
    assert f"`{name}.json`" in notice
    assert f"| {kept['revision']} |" in notice
    assert schema_documents.document(name).revision == kept["revision"]


def test_a_description_loses_its_prose_and_no_name() -> None:
    prose = {"description": "what it is", "title": "T"}
    told = {
        **prose,
        "schemas": {"A": {**prose, "properties": {"title": {"type": "string", **prose}, "kind": {"$ref": "A"}}}},
        "methods": {"get": {"httpMethod": "GET", "path": "a", "parameters": {"description": {**prose, "enum": ["x"]}}}},
    }
    left = google_documents.stripped(told)
    assert google_documents.names(left) == google_documents.names(told)
    assert {"A.title: string", "A.kind: A", "GET a description"} < google_documents.names(left)
    assert json.dumps(left).count("what it is") == 0


def test_the_refresh_writes_both_and_says_what_came_and_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newer, place = tmp_path / "newer", tmp_path / "place"
    for folder in (newer, place):
        folder.mkdir()
        for name in google_documents.NAMES:
            (folder / f"{name}.json").write_text(json.dumps(google_documents.kept(name)), encoding="utf-8")
    told = google_documents.kept(SHEETS)
    told["schemas"]["Brand"] = {"description": "new", "properties": {"new": {"type": "string"}}}
    del told["schemas"]["ExtendedValue"]["properties"]["errorValue"]
    (newer / f"{SHEETS}.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setattr(google_documents, "PLACE", place)
    google_documents.main(newer)
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("  ")] == [
        "  gone: ExtendedValue.errorValue: ErrorValue",
        "  new: Brand",
        "  new: Brand.new: string",
    ]
    assert "description" not in google_documents.kept(SHEETS)["schemas"]["Brand"]
    assert google_documents.kept(DRIVE) == json.loads((newer / f"{DRIVE}.json").read_text(encoding="utf-8"))
