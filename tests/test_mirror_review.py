"""What a reviewer found: ways in which words of one child could come beside another, or people's words be lost."""

import json
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.google_emulator import Fault, Google, before, drop_before, status
from tests.google_line import line
from tests.google_school import ACCOUNT
from tests.mirror_desk import CELLS, CHANGE, WHO, Desk, Kept
from tests.mirror_school import TRACKER

from halfday_sync.errors import Exit, UnreachableError
from halfday_sync.sheets import connecting
from halfday_sync.sheets.access import questions
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import key


@pytest.fixture
def desk(kept_copy: Kept) -> Desk:
    return kept_copy.back()


def test_the_trackers_words_wait_while_the_tab_for_them_is_left_out(desk: Desk) -> None:
    """They did not go to the sheet, so what stands there is older than they are, and nobody's change."""
    desk.answer("P02", "Meet the family")
    desk.copied.run()
    settings = desk.school.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[mirror]\n", '[mirror]\ntabs = ["changes"]\n'), encoding="utf-8")
    desk.type("P02", "Visit at home")
    for _ in range(2):
        assert desk.copied.run() == 0, desk.copied.said
        assert desk.action("P02") == "Visit at home"
    settings.write_text(text, encoding="utf-8")
    assert desk.copied.run() == 0
    assert (desk.action("P02"), desk.answered("P02")) == ("Visit at home", "Visit at home")


def test_answers_that_differ_are_told_in_the_copy_only_where_it_has_the_tab_for_them(desk: Desk) -> None:
    desk.answer("P02", "Meet the family")
    desk.copied.run()
    settings = desk.school.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[mirror]\n", '[mirror]\ntabs = ["health"]\n'), encoding="utf-8")
    desk.answer("P02", "Write again")
    desk.type("P02", "Visit at home")
    assert desk.copied.run() == 0, desk.copied.said
    assert "Both are kept" in desk.today()
    assert "Visit at home" not in str(desk.google.text(desk.book, "Data health"))


def test_a_formula_of_slts_is_told_and_stays(desk: Desk) -> None:
    desk.answer("P02", "10/14/2025", "decided_on")
    desk.copied.run()
    desk.answer("P02", "=TODAY()", "decided_on")
    desk.type("P02", "13/10/2025", "✎ SLT date")
    for _ in range(2):
        assert desk.copied.run() == 0, desk.copied.said
        told = "Tracker: 1 answer is a formula, which Halfday cannot read (“Decided on”). Type what it shows."
        assert told in desk.copied.said
        assert desk.google.at(desk.book, TRACKER, *desk.copied.place("P02", "decided_on")).formula == "=TODAY()"
        assert desk.action("P02", "✎ SLT date") == "13/10/2025"
    desk.answer("P02", "10/15/2025", "decided_on")
    assert desk.copied.run() == 0, desk.copied.said
    assert desk.answered("P02", "decided_on") == 45945.0
    assert "Both are kept" in desk.today()


def test_a_column_of_peoples_stays_though_they_typed_into_the_hidden_row_of_keys(desk: Desk) -> None:
    desk.owner.insert_columns(TRACKER, 3)
    for row, words in ((0, "Our notes"), (2, "Our notes"), (5, "seen by the nurse")):
        desk.owner.type(TRACKER, row, 3, words)
    assert desk.copied.run() == 0, desk.copied.said
    assert desk.google.cell(desk.book, TRACKER, 5, 3) == "seen by the nurse"


def test_no_answer_is_taken_where_some_columns_were_sorted_without_the_hidden_keys(desk: Desk) -> None:
    desk.answer("P02", "Meet the family")
    desk.copied.run()
    desk.answer("P03", "Ring")
    sheet, last = desk.google.sheet(desk.book, TRACKER), desk.copied.place("P02", "decided_on")[1]
    rows = [desk.copied.place(pupil_id, "agreed")[0] for pupil_id in ("P02", "P03", "P04")]
    cells = {row: [sheet.at(row, column) for column in range(1, last + 1)] for row in rows}
    for row, other in zip(rows, [*rows[1:], rows[0]], strict=True):
        for column in range(1, last + 1):
            sheet.put(row, column, cells[other][column - 1])
    was = desk.state()
    assert desk.copied.run() == 0, desk.copied.said
    assert [desk.action(pupil_id) for pupil_id in ("P02", "P03", "P04")] == ["Meet the family", None, None]
    assert desk.state() == was
    assert desk.copied.run("mirror", "check") == Exit.SAFETY
    assert "without the hidden column A" in desk.copied.said


def test_children_whose_rows_say_the_same_are_not_taken_for_rows_that_moved(desk: Desk) -> None:
    """Names may be hidden; then the rows of two children can be the same, and no row of either is another's."""
    settings = desk.school.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8") + '\n[mirror.redact]\nnames = "hide"\n'
    settings.write_text(text, encoding="utf-8")
    for pupil_id in ("P20", "P21"):
        desk.school.join(pupil_id, class_name="Ash")
    assert desk.copied.morning("here") == 0, desk.copied.said
    rows = desk.copied.rows()
    assert rows["P20"] == rows["P21"]
    desk.answer("P21", "Welcome meeting")
    assert desk.copied.morning("here") == 0, desk.copied.said
    assert (desk.action("P20"), desk.action("P21")) == (None, "Welcome meeting")


def test_two_cells_typed_over_are_put_back_and_no_reason_to_stop(desk: Desk) -> None:
    """Year and class of another child: many have them, so no row moved."""
    row, year = desk.copied.place("P02", "year")
    desk.owner.type(TRACKER, row, year, "'9")
    desk.owner.type(TRACKER, row, desk.copied.place("P02", "class")[1], "Elsewhere")
    assert desk.copied.run() == 0, desk.copied.said
    assert "2 cells that belong to Halfday were changed in the sheet and have been put back." in desk.copied.said


def test_rows_that_people_sort_in_a_pause_that_google_asks_for_are_looked_at_again(desk: Desk) -> None:
    desk.answer("P02", "Meet the family")
    desk.answer("P03", "Ring")
    desk.copied.run()
    desk.type("P02", "Visit at home")
    desk.fail(CHANGE, status(429, retry_after=70))
    desk.fail(WHO, Fault())
    desk.fail(WHO, before(lambda: desk.owner.sort(TRACKER, 1, descending=True)))
    assert desk.copied.run() == 0, desk.copied.said
    assert max(desk.waited) >= 70
    for _ in range(2):
        answers = {pupil_id: row.get("agreed") for pupil_id, row in desk.copied.rows().items() if row.get("agreed")}
        assert answers == {"P02": "Visit at home", "P03": "Ring"}
        assert desk.action("P04") is None
        assert desk.copied.run() == 0


def test_a_change_that_may_still_be_on_its_way_is_not_planned_anew(desk: Desk) -> None:
    """Both might arrive, the older one last."""
    desk.answer("P02", "Meet the family")
    desk.copied.run()
    desk.type("P02", "Visit at home")
    desk.fail(CHANGE, drop_before())
    desk.fail(CELLS, Fault())
    desk.fail(CELLS, before(lambda: desk.waited.append(70.0)))  # the look at the stamp takes long
    was = desk.state()
    assert desk.copied.run() == 0, desk.copied.said
    assert desk.state() == was
    assert desk.last_try.outcome == "unsure"
    assert desk.copied.run() == 0
    assert desk.answered("P02") == "Visit at home"


def test_an_answer_that_people_changed_between_two_looks_is_not_written_over_after_a_third(desk: Desk) -> None:
    desk.answer("P02", "Meet the family")
    desk.copied.run()
    desk.type("P02", "Visit at home")
    desk.fail(CHANGE, status(429, retry_after=70))
    desk.fail(WHO, Fault())
    desk.fail(WHO, before(lambda: desk.answer("P02", "Write again")))
    assert desk.copied.run() == 0, desk.copied.said
    assert (desk.answered("P02"), desk.action("P02")) == ("Write again", "Visit at home")
    assert desk.copied.run() == 0
    assert (desk.answered("P02"), desk.action("P02")) == ("Write again", "Visit at home")
    assert "Both are kept" in desk.today()


@pytest.mark.parametrize("words", ["\ud800", "x" * 40_000], ids=["half a letter", "longer than a cell of Excel's"])
def test_whatever_stands_in_the_hidden_column_the_tracker_is_written(words: str, desk: Desk) -> None:
    sheet, (row, column) = desk.google.sheet(desk.book, TRACKER), desk.copied.place("P02", "comment")
    desk.owner.insert_rows(TRACKER, row + 1)
    sheet.put(row + 1, 0, replace(sheet.at(row, 0), value=f"P02 {words}"))
    sheet.put(row + 1, column, replace(sheet.at(row, column), value="whose is this?"))
    assert desk.copied.morning("here") == 0, desk.copied.said
    assert "Wednesday 15 October" in desk.today()
    assert "no pupil has that ID" in desk.today()
    assert max(map(len, desk.today().splitlines())) < 1_000


@pytest.mark.parametrize("verb", ["sync", "setup --again"])
def test_an_address_that_is_wrong_in_the_settings_is_told_and_not_logged(verb: str, desk: Desk) -> None:
    settings = desk.school.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8")
    wrong = '[mirror.people]\n"parent@elsewhere.example" = "reader"\n'
    settings.write_text(text.replace("[mirror.people]\n", wrong), encoding="utf-8")
    assert desk.copied.run() == 0
    assert desk.copied.run("mirror", *verb.split()) == Exit.SETTINGS
    assert "parent@elsewhere.example" in desk.copied.said
    assert "parent@elsewhere.example" not in desk.log()


def test_who_takes_a_sheet_over_is_its_writer_though_nothing_else_is_to_be_written(desk: Desk) -> None:
    assert desk.copied.run("mirror", "sync") == 0
    desk.owner.type("Summary", 1, 0, "halfday 0.6.0 · 2025-10-14T08:02:11Z · 12345678")
    was = desk.state()
    assert desk.copied.run("mirror", "setup", "--again") == Exit.SAFETY, "that is for tabs that are gone"
    assert desk.state() == was
    assert desk.copied.run("mirror", "sync", "--take-over") == 0, desk.copied.said
    assert desk.copied.run("mirror", "sync") == 0, desk.copied.said


def test_a_filter_that_takes_what_is_sent_and_says_nothing_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connecting, "_SHORTEST", 0.2)
    assert connecting.time_outs(20.0) == (5.0, 20.0)
    assert connecting.time_outs(300.0) == connecting.TIMEOUTS
    told = json.dumps(Google().account(ACCOUNT))
    with socket.create_server(("127.0.0.1", 0)) as silent, line(f"http://127.0.0.1:{silent.getsockname()[1]}"):
        asked = Line(key(told), wait=lambda _seconds: None, now=datetime(2025, 12, 5, 8, tzinfo=UTC))
        asked.patience = 0.3
        began = time.perf_counter()
        with asked, pytest.raises(UnreachableError, match="did not answer in time"):
            asked.ask(questions("a" * 30))
        assert time.perf_counter() - began < 5
