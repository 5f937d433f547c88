"""Rows that a filter hides are selected by dragging over them, and nobody sees it: no button means them."""

from pathlib import Path

from tests.book import PUPILS, little_book
from tests.desk import HELP, Somebody, Told, desk
from tests.test_macros_contact import LINE, notes, record, refused

from halfday_macros.contact import record_contact
from halfday_macros.desk import Answer
from halfday_macros.prepare import LETTERS, prepare
from halfday_macros.pupils import NONE_SELECTED


def test_a_row_that_a_filter_hides_gets_no_note_when_it_is_dragged_over() -> None:
    book = little_book()
    book.sheet("Tracker").hidden = {3}
    book.select("Tracker", 2, address="$A$2:$A$4", last=(4, 1))
    somebody = Somebody(typed=["2. rang mum, will try again"])
    record_contact(book.genuine(), desk(somebody))
    assert somebody.asked[-1].startswith("Record this for 2 pupils?")
    assert "2102" not in somebody.asked[-1]
    assert [notes(book, pupil) for pupil in PUPILS] == [LINE, None, LINE]


def test_a_hidden_row_of_today_is_not_meant_either() -> None:
    book = little_book()
    book.sheet("Today").held[6, 10] = "2103|call|2025-12-05"
    book.sheet("Today").hidden = {5}
    book.select("Today", 5, 2, last=(6, 2))
    record(book)
    assert (notes(book, "2102"), notes(book, "2103")) == (None, LINE)


def test_where_every_selected_row_is_hidden_no_pupil_is_selected() -> None:
    book = little_book()
    book.sheet("Tracker").hidden = {2, 3, 4}
    book.select("Tracker", 2, last=(4, 1))
    assert refused(book) == NONE_SELECTED


def test_a_pupil_whom_a_filter_of_the_tracker_hides_is_still_found_from_the_register() -> None:
    book = little_book()
    book.sheet("Tracker").hidden = {3}
    book.select("Register", 3)
    record(book)
    assert notes(book, "2102") == LINE


def test_the_question_names_pupils_by_their_id_where_staff_took_the_names_out() -> None:
    book = little_book()
    book.sheet("Tracker").held |= {(1, 2): "Family", (1, 3): "Given"}
    book.select("Tracker", 2, last=(3, 1))
    somebody = Somebody(typed=["2. rang mum, will try again"])
    record_contact(book.genuine(), desk(somebody))
    assert somebody.asked[-1].endswith(f"{LINE}\n\n2101\n2102")


def test_the_words_to_begin_with_are_not_those_of_a_hidden_row() -> None:
    book = little_book()
    today = book.sheet("Today")
    today.held |= {(4, 2): "Pupil", (4, 8): "✎ Outcome", (5, 8): "Child seen and safe", (6, 8): "No answer"}
    today.held[6, 10] = "2103|call|2025-12-05"
    today.hidden = {5}
    book.select("Today", 5, 2, last=(6, 2))
    record_contact(book.genuine(), desk(Somebody()))
    assert (notes(book, "2102"), notes(book, "2103")) == (None, "Sun 22 Nov: No answer (AB)")


def test_letters_are_not_prepared_for_rows_that_a_filter_hides(tmp_path: Path) -> None:
    (tmp_path / "halfday.toml").write_text("", encoding="utf-8")
    book = little_book(str(tmp_path / "tracker.xlsm"))
    book.sheet("Tracker").hidden = {3}
    book.select("Tracker", 2, last=(4, 5))
    at = desk(help_=Answer(0, HELP), letters=Answer(0, "2 letters\n"))
    prepare(book.genuine(), at, LETTERS)
    assert isinstance(at.agent, Told)
    assert at.agent.asked[-1][-4:] == ["--pupil", "2101", "--pupil", "2103"]
