"""A run of the tracker takes SLT's answers in and brings the Google copy up to date: three calls, two for nothing."""

from dataclasses import replace

import pytest
from tests.google_emulator import drop_before
from tests.mirror_desk import CELLS, Desk, Kept, renamed
from tests.mirror_school import TRACKER, Copied, copied
from tests.staff_books import XmlBook

from halfday_sync.entries import ACTIONS
from halfday_sync.entries import TRACKER as TABLE
from halfday_sync.errors import Exit

THREE, TWO = ["POST who has access", "GET cells", "POST changes"], ["POST who has access", "GET cells"]


@pytest.fixture
def desk(kept_copy: Kept) -> Desk:
    return kept_copy.back()


@pytest.fixture
def copy(desk: Desk) -> Copied:
    return desk.copied


def test_the_first_run_fills_the_copy(tmp_path_factory: pytest.TempPathFactory) -> None:
    with copied(tmp_path_factory.mktemp("new") / "school") as new:
        assert new.run() == 0, new.said
        assert new.calls == THREE
        assert set(new.rows()) == set(new.school.pupils)


def test_a_run_is_three_calls_and_two_when_nothing_changed(desk: Desk, copy: Copied) -> None:
    assert copy.morning("here", "why?") == 0
    assert copy.calls == THREE
    assert copy.run("mirror", "sync") == 0, copy.said
    before = desk.state()
    assert copy.run("mirror", "sync") == 0, copy.said
    assert copy.calls == TWO
    assert desk.state() == before


# --- SLT's answers ----------------------------------------------------------------------------------------------------


def test_an_answer_is_in_actions_and_on_today_the_same_morning(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    desk.answer("P02", "After half term", "comment")
    desk.answer("P02", "Mrs Head", "decided_by")
    desk.answer("P02", "10/14/2025", "decided_on")
    assert copy.morning("here") == 0
    assert [desk.action("P02", name) for name in ("agreed", "comment", "decided_by", "✎ SLT date")] == [
        "Meet the family", "After half term", "Mrs Head", 45944.0,
    ]  # fmt: skip
    assert "Agreed by SLT, not done yet (1)" in desk.today()
    assert "Meet the family. After half term" in desk.today()
    assert "Mrs Head" in desk.today()


def test_the_admins_change_goes_to_google_with_the_same_run(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    copy.run()
    desk.type("P02", "Visit at home")
    desk.type("P02", "Rang on Monday", "comment")
    assert copy.run() == 0, copy.said
    assert copy.calls == THREE
    assert (desk.answered("P02"), desk.answered("P02", "comment")) == ("Visit at home", "Rang on Monday")
    assert copy.run("mirror", "sync") == 0
    assert copy.calls == TWO


def test_what_either_side_takes_back_goes_on_the_other_side_and_is_kept_in_the_history(
    desk: Desk, copy: Copied
) -> None:
    desk.answer("P02", "Meet the family")
    desk.answer("P03", "Wait")
    copy.run()
    desk.head.clear(TRACKER, *copy.place("P02", "agreed"))
    desk.type("P03", None)
    copy.run()
    assert (desk.action("P02"), desk.answered("P03")) == (None, None)
    with desk.store() as store:
        told = [said.value for key in ("P02", "P03") for said in store.entry_history(f"{key}|slt|-", ACTIONS)]
    assert told == ["Meet the family", None, "Wait", None]


def test_where_both_changed_an_answer_both_are_kept_and_listed_until_they_agree(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    copy.run()
    desk.answer("P02", "Write again")
    desk.type("P02", "Visit at home")
    for _ in range(2):  # nobody is picked, however often it runs
        assert copy.run() == 0, copy.said
        assert (desk.answered("P02"), desk.action("P02")) == ("Write again", "Visit at home")
        told = "the Google Sheet says “Write again”, Actions says “Visit at home”. Both are kept."
        assert told in desk.today()
        words = copy.rows("Data health")["conflict|P02|agreed"]["words"]
        assert str(words).startswith("Here: Write again. On the tracker: Visit at home.")
    desk.type("P02", "Write again")
    assert copy.run() == 0
    assert "Both are kept" not in desk.today()
    assert "conflict|P02|agreed" not in copy.rows("Data health")
    desk.answer("P02", "Done with")
    copy.run()
    assert desk.action("P02") == "Done with"


def test_an_answer_waits_for_a_tracker_that_is_open_and_comes_with_the_next_run(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    before = desk.state()
    with desk.open_in_excel():
        assert copy.morning("here") == Exit.IN_USE
    assert desk.state() == before, "the copy shows what the tracker shows"
    assert desk.last_try.outcome == "left"
    assert copy.run() == 0
    assert (desk.action("P02"), desk.answered("P02")) == ("Meet the family", "Meet the family")


def test_an_answer_waits_for_google_and_the_admins_words_are_not_lost(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    copy.run()
    desk.answer("P02", "Write again")
    desk.type("P02", "Rang", "comment")
    desk.fail(CELLS, drop_before(), times=9)
    assert copy.morning("here") == 0
    assert desk.action("P02") == "Meet the family"
    desk.google._faults.clear()
    assert copy.run() == 0, copy.said
    assert (desk.action("P02"), desk.answered("P02", "comment")) == ("Write again", "Rang")


def test_a_row_that_is_done_is_open_again_with_another_answer(desk: Desk, copy: Copied) -> None:
    desk.answer("P02", "Meet the family")
    copy.run()
    desk.type("P02", "Yes", "✎ Done")
    assert copy.run() == 0
    assert "Agreed by SLT, not done yet" not in desk.today()
    desk.answer("P02", "Write again")
    assert copy.run() == 0
    assert "Agreed by SLT, not done yet (1)" in desk.today()
    assert desk.action("P02", "✎ Done") is None
    assert "Done before: Meet the family (Yes)" in str(desk.action("P02", "✎ Note"))


# --- Children ---------------------------------------------------------------------------------------------------------


def test_a_child_who_joins_gets_a_row_and_can_be_answered_about(desk: Desk, copy: Copied) -> None:
    copy.school.join("P20", class_name="Ash")
    assert copy.morning("here") == 0
    assert copy.rows()["P20"]["surname"] == "SurP20"
    desk.answer("P20", "Welcome meeting")
    copy.run()
    assert desk.action("P20") == "Welcome meeting"


def test_the_row_of_a_child_who_left_says_only_so_and_keeps_slts_words(desk: Desk, copy: Copied) -> None:
    desk.answer("P05", "Meet the family")
    desk.head.note(TRACKER, *copy.place("P05", "agreed"), "rang the aunt")
    copy.run()
    del copy.school.pupils["P05"]
    assert copy.morning("here") == 0
    row = {key: value for key, value in copy.rows()["P05"].items() if value not in (None, "")}
    assert set(row) == {"status", "agreed"}
    assert str(row["status"]).startswith("Left")
    assert row["agreed"] == "Meet the family"
    assert desk.google.note_at(desk.book, TRACKER, *copy.place("P05", "agreed")) == "rang the aunt"
    copy.school.join("P05")
    copy.morning("here")
    assert copy.rows()["P05"]["surname"] == "SurP05"


def test_a_child_whose_id_changes_keeps_row_answers_and_notes(desk: Desk, copy: Copied) -> None:
    desk.answer("P03", "Meet the family")
    copy.run()
    desk.head.note(TRACKER, *copy.place("P03", "comment"), "rang the aunt")
    place = copy.place("P03", "agreed")
    desk.answer("P03", "Visit", "comment")
    copy.school.change_id("P03", "M77")
    assert copy.morning("here") == 0, copy.said
    assert copy.place("M77", "agreed") == place
    assert "P03" not in copy.rows()
    assert (desk.answered("M77"), desk.answered("M77", "comment")) == ("Meet the family", "Visit")
    assert (desk.action("M77"), desk.action("M77", "comment")) == ("Meet the family", "Visit")
    assert desk.google.note_at(desk.book, TRACKER, *copy.place("M77", "comment")) == "rang the aunt"
    assert copy.run("mirror", "sync") == 0
    assert copy.run("mirror", "sync") == 0
    assert copy.calls == TWO


def test_a_copied_row_of_a_former_id_is_emptied_once_and_never_in_the_way(desk: Desk, copy: Copied) -> None:
    """SLT had made a row for the new ID by hand: both rows are there."""
    desk.answer("P03", "Meet the family")
    copy.run()
    row, column = copy.place("P03", "agreed")
    desk.owner.insert_rows(TRACKER, row + 1)
    desk.owner.type(TRACKER, row + 1, 0, "M77")
    copy.school.change_id("P03", "M77")
    assert copy.morning("here") == 0, copy.said
    assert desk.answered("M77") == desk.action("M77") == "Meet the family"
    assert desk.google.cell(desk.book, TRACKER, row, column) is None
    desk.answer("M77", "Write again")
    assert copy.run() == 0
    assert desk.action("M77") == "Write again"
    assert "Both are kept" not in desk.today()


# --- Hostile words ----------------------------------------------------------------------------------------------------

HOSTILE = (
    '=HYPERLINK("https://evil.example","Ann")', "+447700900123", "@SUM(A1)", "-1", "'=1+1", '"quoted"', "O'Neill",
    "\N{PILE OF POO}\N{ZERO WIDTH JOINER}x", "שלום \N{RIGHT-TO-LEFT OVERRIDE}abc", "TRUE", "0012", "1/2/2025", "#REF!",
    "{=1}", "=cmd|' /C calc'!A0", "%0A=1",
)  # fmt: skip


def test_hostile_names_stay_text_on_every_tab_and_are_the_workbooks_words(desk: Desk, copy: Copied) -> None:
    for number, words in enumerate(HOSTILE):
        copy.school.join(f"H{number:02d}", class_name=HOSTILE[-1 - number])
        renamed(copy.school, f"H{number:02d}", surname=words, forename=HOSTILE[-1 - number])
    renamed(copy.school, "P02", surname=HOSTILE[0], forename="@x")
    renamed(copy.school, "P04", surname="-1", forename="+44 7700 900123")
    for _ in range(6):
        copy.school.go_on(["why?", "ill"])
    assert copy.morning("why?", "ill", "here") == 0, copy.said
    no_formulas(desk)
    shown = set()
    for tab in copy.google.tabs(copy.book):
        shown |= {words for row in copy.google.text(copy.book, tab) for words in row}
    assert {f"@x {HOSTILE[0]}", "+44 7700 900123 -1"} <= shown, "they stand on the lists as well"
    book = XmlBook(copy.school.tracker.read_bytes())
    grid = book.tables()[TABLE]
    for row in grid.rows:
        key = str(book.value(grid.sheet, row, grid.column("Pupil ID")))
        for title in ("Surname", "Forename", "Class"):
            cell = desk.google.at(desk.book, TRACKER, *copy.place(key, title.lower()))
            assert cell.value == book.value(grid.sheet, row, grid.column(title))
            assert isinstance(cell.value, str)


def test_hostile_answers_stay_text_both_ways(desk: Desk, copy: Copied) -> None:
    several = (*HOSTILE, "\t=1+1", "line\nbreak", "\r=1+1", " =1+1", "x" * 32_000)
    cells = [(pupil_id, column) for pupil_id in copy.school.pupils for column in ("agreed", "comment", "decided_by")]
    sheet = desk.google.sheet(desk.book, TRACKER)
    for (pupil_id, column), words in zip(cells, several, strict=False):
        place = copy.place(pupil_id, column)
        sheet.put(*place, replace(sheet.at(*place), value=words))  # pasted, as from a phone
    assert copy.run() == 0, copy.said
    for (pupil_id, column), words in zip(cells, several, strict=False):
        assert desk.action(pupil_id, column) == words.strip()
    no_formulas(desk)
    assert len(cells) > len(several)
    for (pupil_id, column), words in zip(cells, reversed(several), strict=False):
        desk.type(pupil_id, words.strip(), column)
    assert copy.run() == 0, copy.said
    for (pupil_id, column), words in zip(cells, reversed(several), strict=False):
        assert desk.answered(pupil_id, column) == desk.action(pupil_id, column) == words.strip()
    no_formulas(desk)
    assert copy.run("mirror", "sync") == 0
    assert copy.calls == TWO, "nobody goes on putting it right"


def test_an_answer_of_sixty_thousand_characters_is_told_and_left_where_it_is(desk: Desk, copy: Copied) -> None:
    """Google's cells hold 50,000, the workbook's 32,767."""
    desk.answer("P02", "x" * 50_000)
    assert copy.run() == 0, copy.said
    assert desk.action("P02") is None
    assert "the text is too long for the tracker. Shorten it there." in desk.today()
    assert desk.answered("P02") == "x" * 50_000
    renamed(copy.school, "P03", surname="y" * 60_000)
    assert copy.morning("here") == 0, copy.said
    surname = desk.google.cell(desk.book, TRACKER, *copy.place("P03", "surname"))
    assert isinstance(surname, str)
    assert len(surname) <= 50_000
    assert copy.run("mirror", "sync") == 0
    assert copy.run("mirror", "sync") == 0
    assert copy.calls == TWO


def no_formulas(desk: Desk) -> None:
    """Not one cell of the copy is a formula, and nothing that was sent could have become one."""
    for sheet in desk.google.books[desk.book].content.sheets:
        assert not [at for at, cell in sheet.cells.items() if cell.formula]
    for call in desk.google.calls:
        assert b"formulaValue" not in call.body
        assert b"USER_ENTERED" not in call.body
