"""Tier D: one list of calls for the emulator and for the real Google. Here the emulator answers, over real HTTP.

Nobody has made these calls with the real Google yet; `halfday mirror selfcheck` does (sheets/README.md).
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import google_replay
from tests.google_emulator import Google, drop_after, drop_before, serve, status
from tests.google_line import line as to
from tests.google_school import ACCOUNT, NOW, Copy, copy, never, opened

from halfday_sync.errors import HalfdayError, SafetyError, UnreachableError, UsageError
from halfday_sync.sheets import schema, schema_documents
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import key
from halfday_sync.sheets.selfcheck import contract as contracts
from halfday_sync.sheets.selfcheck import recording, running
from halfday_sync.sheets.selfcheck.contract import address, contract, differences
from halfday_sync.sheets.selfcheck.recording import Call, Scrub
from halfday_sync.sheets.selfcheck.running import Judged

SHEETS = Path(contracts.__file__).parent.parent
MEANT_WRONG = ("no-request", "unknown-name")
"""Steps whose point is that Google refuses what it does not describe."""


@pytest.fixture
def there() -> Iterator[Copy]:
    with copy() as made:
        yield made


def checked(there: Copy) -> tuple[list[Judged], list[Call]]:
    judged: list[Judged] = []
    kept: list[Call] = []
    with opened(there) as line:
        running.run(line, there.book, judged.append, kept.append)
    return judged, kept


def test_the_emulator_does_all_that_halfday_relies_on(there: Copy) -> None:
    judged, _kept = checked(there)
    assert {one.step.id: one.faults for one in judged if one.faults} == {}
    assert [one.step.id for one in judged] == [step.id for step in contract().steps]


def test_it_does_so_in_a_shared_drive_too() -> None:
    with copy(drive="0ALarkfieldDrive") as there:
        judged, kept = checked(there)
        scrub = Scrub(there.book, ACCOUNT)
        line = recording.line_of([scrub.call(call) for call in kept], there.book, ACCOUNT, "0ALarkfieldDrive")
    assert {one.step.id: one.faults for one in judged if one.faults} == {}
    assert '"driveId":"DRIVE 1"' in line


def test_the_spreadsheet_is_empty_again_afterwards(there: Copy) -> None:
    before = there.tabs
    checked(there)
    assert there.tabs == before
    assert there.google.text(there.book, before[0]) == []


def test_a_promise_names_who_made_it_and_only_a_look_judges_nothing() -> None:
    steps = contract().steps
    assert len({step.id for step in steps}) == len(steps) >= 40
    for step in steps:
        assert step.says, step.id
        assert step.only_look or step.expect != '"<any>"' or step.status != 200, f"{step.id} expects nothing"
        assert not step.only_look or not step.faults(500, None)


@pytest.mark.parametrize("step", contract().steps, ids=lambda step: str(step.id))
def test_every_call_is_one_that_google_describes(step: contracts.Step) -> None:
    filled = step.filled(running.words("1" * 44, ACCOUNT))
    asks = [(part, None) for part in filled.parts] or [(filled.ask, json.loads(filled.body) if filled.body else None)]
    for ask, body in asks:
        method, url = address(ask)
        assert bool(schema.request_faults(method, url, body)) == (step.id in MEANT_WRONG)


def test_every_kind_of_change_that_halfday_makes_is_in_the_contract() -> None:
    known = schema_documents.document(schema_documents.SHEETS).types["Request"].fields
    told = "\n".join(
        path.read_text(encoding="utf-8") for path in SHEETS.glob("*.py") if not path.name.startswith("schema")
    )
    made = {kind for kind in known if re.search(rf'"{kind}"', told)}
    there = {kind for step in contract().steps for kind in re.findall(r'\{"(\w+)": \{', step.body)}
    assert len(made) >= 10
    assert made <= there


def test_the_questions_are_the_very_ones_that_a_sync_asks() -> None:
    asks = {step.ask for step in contract().steps}
    assert {"GET $FILE", "GET $PERMISSIONS", "GET $REVISIONS"} <= asks
    assert any("fields=$FIELDS" in ask for ask in asks)


# --- What differs ---------------------------------------------------------------------------------------------------


def test_an_answer_that_differs_is_told_with_its_place(there: Copy) -> None:
    there.google.fail("values:batchUpdate", status(400))
    judged, _kept = checked(there)
    wrong = {one.step.id: one.faults for one in judged if one.faults}
    assert wrong["first-load"][0] == "the status is 400, not 200"
    assert any("userEnteredValue is missing" in fault or "items" in fault for fault in wrong["stays-text"])
    assert len(there.tabs) == 1


@pytest.mark.parametrize(
    ("expected", "found", "words"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b is 2, not 1"),
        ({"a": True}, {"a": 1}, "a is 1, not true"),
        ({"a": "<none>"}, {"a": 0}, "a is 0, and should not be there"),
        ({"a": "<any>"}, {}, "a is missing"),
        ({"a": "<list>"}, {"a": {}}, "a is {}, not a list"),
        ({"a": "<has Grid>"}, {"a": "the tab"}, "a is \"the tab\", without 'Grid'"),
        ([1, 2], [1], "the answer has 1 items, not 2"),
        (["<first>", 1, 2], [1], "the answer has 1 items, not 2"),
        (["<among>", 3], [1, 2], "[0] is 1, not 3"),
        (["<among>", 3], [], "the answer is empty"),
        ({"a": 1}, "text", 'the answer is "text", not {"a": 1}'),
    ],
)
def test_differences_are_told_in_words(expected: object, found: object, words: str) -> None:
    assert list(differences(expected, found)) == [words]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"a": "<none>"}, {}),
        ({"a": 0.75}, {"a": 0.75000000000001, "more": 1}),
        (["<first>", 1], [1, 2, 3]),
        (["<among>", {"id": 2}], [{"id": 1}, {"id": 2, "more": 3}]),
        ("<has grid>", "Exceeds GRID limits"),
    ],
)
def test_what_is_as_expected_is_not_told(expected: object, found: object) -> None:
    assert list(differences(expected, found)) == []


# --- It touches nothing of anybody's ----------------------------------------------------------------------------------


def test_a_spreadsheet_in_which_something_stands_is_not_touched(there: Copy) -> None:
    there.google.person(there.book, "it@larkfield.example").type(there.tabs[0], 4, 2, "Agreed with the governors")
    with pytest.raises(SafetyError) as stop:
        checked(there)
    assert "is not empty" in stop.value.what
    assert "governors" not in stop.value.text()
    assert there.asked("POST") == []


def test_a_tab_with_a_number_of_the_self_check_that_is_not_its_own_is_not_touched(there: Copy) -> None:
    with opened(there) as line:
        line.change(there.book, [{"addSheet": {"properties": {"sheetId": 919101, "title": "Mine"}}}], lambda: None)
        there.google.calls.clear()
        with pytest.raises(SafetyError):
            running.run(line, there.book, lambda _: None, lambda _: None)
    assert there.asked("POST") == []
    assert "Mine" in there.tabs


@pytest.mark.parametrize("at", ["make", "look", "first-load", "renamed", "comments"])
def test_stopped_anywhere_it_takes_away_what_it_made(there: Copy, at: str) -> None:
    def stop(one: Judged) -> None:
        if one.step.id == at:
            raise KeyboardInterrupt

    with opened(there) as line, pytest.raises(KeyboardInterrupt):
        running.run(line, there.book, stop, lambda _: None)
    assert len(there.tabs) == 1


def test_what_a_killed_one_left_is_taken_away_by_the_next(there: Copy) -> None:
    def killed(one: Judged) -> None:
        if one.step.id == "renamed":
            there.google.fail("sheets.googleapis.com", drop_before(), times=1000)
            there.google.fail("spreadsheets", drop_before(), times=1000)

    with pytest.raises(UnreachableError), opened(there) as line:
        running.run(line, there.book, killed, lambda _: None)
    there.google._faults.clear()
    assert len(there.tabs) == 3
    judged, _kept = checked(there)
    assert not any(one.faults for one in judged)
    assert len(there.tabs) == 1


def test_a_lost_answer_ends_it_and_nothing_is_left(there: Copy) -> None:
    there.google.fail("values:batchUpdate", drop_after())
    with pytest.raises(UnreachableError):
        checked(there)
    assert len(there.tabs) == 1


def test_a_spreadsheet_that_is_not_shared_is_told_as_such(there: Copy) -> None:
    there.google.unshare(there.book, ACCOUNT)
    with pytest.raises(HalfdayError) as stop:
        checked(there)
    assert ACCOUNT in stop.value.text()


# --- The recording ----------------------------------------------------------------------------------------------------


def line_of(there: Copy) -> str:
    _judged, kept = checked(there)
    scrub = Scrub(there.book, ACCOUNT)
    return recording.line_of([scrub.call(call) for call in kept], there.book, ACCOUNT)


def test_a_recording_holds_nothing_of_the_school() -> None:
    with copy() as there:
        there.google.share(there.book, "head@larkfield.example", "commenter")
        line = line_of(there)
    for word in (there.book, ACCOUNT, "larkfield", "SLT copy", "head@"):
        assert word not in line
    assert recording.ACCOUNT in line
    assert "person2@school.example" in line
    told = json.loads(line)
    assert set(told) == {"case", "calls"}
    assert {len(call) for call in told["calls"]} == {6}
    assert len(told["calls"]) == len(contract().steps) + 2, "a batch is recorded as its three questions"


def test_a_recording_is_replayed_as_those_of_others_are(there: Copy, tmp_path: Path) -> None:
    there.google.share(there.book, "head@larkfield.example", "commenter")
    recording.write(tmp_path / "selfcheck.jsonl.gz", line_of(there))
    (conversation,) = google_replay.conversations(tmp_path / "selfcheck.jsonl.gz")
    google = Google()
    told = json.dumps(google.account(recording.ACCOUNT))
    google.new_book("Title 1", "person1@school.example", file_id=recording.SHEET)
    google.share(recording.SHEET, recording.ACCOUNT, "writer")
    google.share(recording.SHEET, "person2@school.example", "commenter")
    with serve(google) as base, to(base), Line(key(told), wait=never, now=NOW) as line:

        def ask(method: str, path: str, body: object) -> tuple[int, object]:
            host = "sheets" if path.startswith("/v4/") else "www"
            sent = None if body is None else json.dumps(body).encode()
            reply = line.plain(method, f"https://{host}.googleapis.com{path}", sent, "application/json")
            return reply.status, json.loads(reply.body)

        assert google_replay.replay(conversation, ask) == []


def test_what_would_tell_of_the_school_is_replaced_wherever_it_stands() -> None:
    scrub = Scrub("1abc", ACCOUNT)
    call = Call(
        "GET D/drive/v3/files/1abc/permissions",
        {"emailAddress": ACCOUNT},
        403,
        {
            "permissions": [
                {"id": "0123", "emailAddress": "Head@Larkfield.example", "displayName": "Jo Bell", "photoLink": "x"},
                {"id": "0124", "emailAddress": "head@larkfield.example", "domain": "larkfield.example"},
            ],
            "driveId": "0AAA",
            "name": "For SLT",
            "error": {"message": f"consumer 'project_number:987654' says no to {ACCOUNT} and head@larkfield.example"},
        },
    )
    found = scrub.call(call)
    assert found.ask == f"GET D/drive/v3/files/{recording.SHEET}/permissions"
    text = json.dumps(found.answer)
    for word in ("Head", "Jo Bell", "photo", "larkfield", "0AAA", "For SLT", "987654", "0123"):
        assert word not in text
    assert text.count("person1@school.example") == 3, "one person is one person"
    assert "project_number:0" in text


def test_a_recording_that_would_tell_of_the_school_is_not_written(tmp_path: Path) -> None:
    told = Call("GET D/drive/v3/files/1", None, 200, {"webViewLink": "from head@larkfield.example"})
    with pytest.raises(SafetyError):
        recording.line_of([told])
    with pytest.raises(SafetyError):
        recording.line_of([Call("GET D/x/1abc", None, 200, {})], "1abc")
    (tmp_path / "there.gz").write_bytes(b"mine")
    with pytest.raises(UsageError):
        recording.write(tmp_path / "there.gz", "{}")
    with pytest.raises(UsageError):
        recording.write(tmp_path / "nowhere" / "a.gz", "{}")
    assert (tmp_path / "there.gz").read_bytes() == b"mine"
    recording.write(tmp_path / "new.gz", "{}")
    assert gzip.decompress((tmp_path / "new.gz").read_bytes()) == b"{}\n"
