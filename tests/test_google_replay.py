"""The emulator answers as Google did: what was recorded with the real service is asked again (tier A)."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests import google_recordings, google_replay
from tests.google_emulator import Google, serve
from tests.google_emulator.replies import no_such_spreadsheet

EXCEPTIONS = {
    "WorksheetTest.test_auto_resize_columns": "Google measures a column's width with the font; nobody else can",
}
"""Conversations in which something differs, each with the reason. The list may only become shorter."""
MOST_EXCEPTIONS = 1
RECORDED = 99


@pytest.fixture(scope="module")
def score() -> google_replay.Score:
    return google_replay.replay_all(google_replay.conversations(google_recordings.recorded()))


@pytest.mark.recordings
def test_every_recorded_conversation_but_the_exceptions_is_answered_as_google_did(score: google_replay.Score) -> None:
    differing = {case for case, found in score.by_case.items() if found}
    assert differing <= EXCEPTIONS.keys(), score.text()
    assert (len(score.by_case), len(score.whole)) == (RECORDED, RECORDED - len(differing))


@pytest.mark.recordings
def test_the_exceptions_still_are_exceptions_and_become_no_more(score: google_replay.Score) -> None:
    assert sorted(EXCEPTIONS.keys() & score.whole) == [], "it matches now: take it from the list"
    assert len(EXCEPTIONS) <= MOST_EXCEPTIONS


@pytest.mark.recordings
def test_an_exception_differs_in_what_its_reason_says_and_in_nothing_else(score: google_replay.Score) -> None:
    for difference in score.by_case["WorksheetTest.test_auto_resize_columns"]:
        assert [line for line in difference.found if not re.search(r"columnMetadata\[0\]\.pixelSize", line)] == []


def small_recording(folder: Path, name: str) -> Path:
    """A conversation: a spreadsheet is made and its first tab's name asked for."""
    made = {
        "kind": "drive#file",
        "id": "1" + "x" * 43,
        "name": "Mine",
        "mimeType": "application/vnd.google-apps.spreadsheet",
    }
    asked = {"name": "Mine", "mimeType": made["mimeType"]}
    first = f"S/v4/spreadsheets/{made['id']}?fields=sheets.properties.title"
    calls = [
        ["POST", "D/drive/v3/files", asked, 200, made, "date"],
        ["GET", first, None, 200, {"sheets": [{"properties": {"title": name}}]}, "date"],
        ["GET", "S/v4/spreadsheets/nowhere", None, 404, no_such_spreadsheet().body(), "date"],
    ]
    path = folder / f"{name}.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write(json.dumps({"case": f"a tab called {name}", "calls": calls}) + "\n")
    return path


def test_a_reply_that_is_not_googles_is_told_with_its_place(tmp_path: Path) -> None:
    score = google_replay.replay_all(google_replay.conversations(small_recording(tmp_path, "Tabelle1")))
    assert score.whole == []
    assert score.text().splitlines()[0] == "0 of 1 conversations match whole, 2 of 3 replies."
    assert 'reply.sheets[0].properties.title: "Sheet1", Google\'s "Tabelle1"' in score.text()


def test_anybody_can_run_it_against_an_emulator_of_theirs(tmp_path: Path) -> None:
    google = Google()
    recording = small_recording(tmp_path, "Sheet1")
    script = Path(google_replay.__file__)
    with serve(google) as base:
        words = [sys.executable, str(script), str(recording), "--against", base]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 of 1 conversations match whole, 3 of 3 replies.\n"), done.stderr
    assert [call.status for call in google.calls] == [204, 200, 200, 404]


@pytest.mark.parametrize(
    ("theirs", "ours", "told"),
    [
        ({"a": 1}, {"a": 1.0000000001}, []),
        ({"a": 1}, {}, ["reply.a: lacking, Google's 1"]),
        ({}, {"a": None}, ["reply.a: null, which Google does not give"]),
        ([1, 2], [1], ["reply: [1], Google's [1, 2]"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": True}]}, ["reply.a[0].b: true, Google's 1"]),
        ({"a": "1"}, {"a": 1}, ['reply.a: 1, Google\'s "1"']),
        ("", {}, ['reply: {}, Google\'s ""']),
    ],
)
def test_replies_are_the_same_only_where_every_value_is(theirs: object, ours: object, told: list[str]) -> None:
    assert google_replay.differing(theirs, ours) == told
