"""Record a contact: the right pupil, the right cell, what stood there kept, never a formula."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.book import HEADERS, PUPILS, MemoryBook, little_book, opened
from tests.desk import SUNDAY, Somebody, desk

from halfday_macros import layout
from halfday_macros.contact import CANCELLED, NO_WORDS, as_text, initials, line_of, outcome, question, record_contact
from halfday_macros.desk import Stop
from halfday_macros.pupils import NO_TRACKER, NONE_SELECTED
from halfday_sync.casework.noted import read_noted

LINE = "Sun 22 Nov: No answer. Rang mum, will try again (AB)"


def notes(book: MemoryBook, pupil: str) -> Any:
    table = book.table("tblTracker")
    ids = book.column("tblTracker", "Pupil ID")
    column = book.column("tblTracker", "✎ Notes")
    row = next(r for r in range(2, table.last[0] + 1) if str(table.on.held[r, ids]).removesuffix(".0") == pupil)
    return table.on.held.get((row, column))


def record(book: MemoryBook, typed: str = "2. rang mum, will try again", **person: Any) -> str:
    return record_contact(book.genuine(), desk(Somebody(typed=[typed], **person)))


def refused(book: MemoryBook, typed: str = "2", **person: Any) -> str:
    with pytest.raises(Stop) as stop:
        record(book, typed, **person)
    assert book.writes == 0
    return str(stop.value)


def test_a_dated_line_goes_into_the_notes_of_the_selected_pupil() -> None:
    book = little_book()
    book.select("Tracker", 3)
    said = record(book)
    assert notes(book, "2102") == LINE
    assert (
        said == f"Recorded for pupil 2102, in Notes on the Tracker:\n\n{LINE}\n\nIt is kept when you save the workbook."
    )
    assert (notes(book, "2101"), notes(book, "2103"), book.writes) == (None, None, 1)


@pytest.mark.parametrize(
    "said", [record_contact(little_book().genuine(), desk(Somebody(typed=["spoke to mum"]))), CANCELLED, NO_WORDS]
)
def test_no_sentence_names_a_pupil(said: str) -> None:
    assert not any(name in said for names in PUPILS.values() for name in names)


def test_what_stands_there_is_kept() -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 5] = "Knows us well.\nMon 2 Nov: Left a message (AB)"
    record(book)
    assert notes(book, "2101") == f"Knows us well.\nMon 2 Nov: Left a message (AB)\n{LINE}"


def test_the_same_line_is_not_recorded_twice() -> None:
    book = little_book()
    record(book)
    assert record(book) == f"This is recorded already: {LINE}"
    assert (notes(book, "2101"), book.writes) == (LINE, 1)


def test_a_row_of_the_register_or_of_today_will_do() -> None:
    book = little_book()
    book.select("Register", 4)
    record(book)
    book.select("Today", 5, 2)
    record(book)
    assert (notes(book, "2103"), notes(book, "2102"), notes(book, "2101")) == (LINE, LINE, None)


def test_a_renamed_page_with_columns_put_in_still_knows_its_pupils() -> None:
    book = little_book()
    today = book.sheet("Today")
    today.title = "Heute"
    today.held[5, 14] = today.held.pop((5, 10))
    book.select("Heute", 5)
    record(book)
    assert notes(book, "2102") == LINE


def test_the_words_typed_on_today_are_the_suggestion() -> None:
    book = little_book()
    book.sheet("Today").held |= {(4, 2): "Pupil", (4, 8): "✎ Outcome", (4, 9): "✎ Note", (5, 8): "No answer"}
    book.sheet("Today").held[5, 9] = "rang twice"
    book.select("Today", 5)
    record_contact(book.genuine(), desk(Somebody()))
    assert notes(book, "2102") == "Sun 22 Nov: No answer. rang twice (AB)"


def test_the_note_of_another_section_is_not_taken_for_an_outcome() -> None:
    book = little_book()
    book.sheet("Today").held |= {(2, 2): "Pupil", (2, 8): "✎ Outcome", (4, 2): "Pupil", (4, 8): "What now"}
    book.sheet("Today").held[5, 8] = "Send the letter"
    book.select("Today", 5)
    assert record_contact(book.genuine(), desk(Somebody())) == NO_WORDS


def test_sorted_rows_and_moved_columns_are_found_by_key_and_header() -> None:
    book = MemoryBook()
    headers = ["✎  NOTES", "My own column", "Stage", "Pupil ID"]
    book.sheet("List").put_table("tblTracker", (4, 3), [headers, [None, 1, "", "2103"], [None, 2, "", "2101"]])
    book.select("List", 6, 4)
    record_contact(book.genuine(), desk(Somebody(typed=["2. rang mum, will try again"])))
    assert book.sheet("List").held[6, 3] == LINE
    assert book.sheet("List").held.get((5, 3)) is None


def test_ids_that_became_numbers_are_the_same_ids() -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 1] = 2101.0
    book.select("Register", 2)
    record(book)
    assert notes(book, "2101") == LINE


def test_brothers_and_sisters_get_the_same_line_once_it_is_agreed() -> None:
    book = little_book()
    book.select("Tracker", 2, address="$A$2:$C$3,$B$4")
    somebody = Somebody(typed=["2. rang mum, will try again"])
    said = record_contact(book.genuine(), desk(somebody))
    assert somebody.asked[-1] == (
        f"Record this for 3 pupils?\n\n{LINE}\n\n2101 Mia Ash\n2102 Zoë Birch\n2103 Ola Cedar"
    )
    assert [notes(book, pupil) for pupil in PUPILS] == [LINE] * 3
    assert said.startswith("Recorded for 3 pupils, in Notes on the Tracker")


def test_without_agreement_nothing_is_written() -> None:
    book = little_book()
    book.select("Tracker", 2, last=(3, 1))
    assert (record(book, yes=False), book.writes) == (CANCELLED, 0)


def test_a_whole_class_by_mistake_is_refused() -> None:
    book = MemoryBook()
    book.sheet("Tracker").put_table("tblTracker", (1, 1), [HEADERS, *([str(n), "", "", "", "", ""] for n in range(30))])
    book.select("Tracker", 2, last=(31, 1))
    assert refused(book) == "30 pupils are selected. Select the row of the pupil whose family you spoke to."


@pytest.mark.parametrize("address", ["$A$1", "$A$9", "$A:$A", "$A:$XFD", "$H$5"])
def test_where_no_pupil_is_selected_it_says_so(address: str) -> None:
    book = little_book()
    book.select("Tracker", 1, address=address)
    if address == "$H$5":
        book.select("Today", 2, address=address.replace("5", "2"))
    assert refused(book) == NONE_SELECTED


def test_where_a_picture_is_selected_it_says_so() -> None:
    book = little_book()
    book.app.chosen = None
    assert refused(book) == NONE_SELECTED


def test_without_the_column_it_says_which() -> None:
    book = little_book()
    book.sheet("Tracker").held[1, 5] = "✎ Remarks"
    assert refused(book) == (
        "The Tracker has no column called Notes, so nothing was written. If it was renamed, give it that name again."
    )


def test_without_the_tracker_it_says_so() -> None:
    book = little_book()
    book.sheet("Tracker").listed.clear()
    book.select("Register", 2)
    assert refused(book) == NO_TRACKER


def test_a_pupil_who_is_not_on_the_tracker_and_one_who_is_twice() -> None:
    book = little_book()
    book.sheet("Today").held[6, 10] = "9999|call|2025-12-05"
    book.select("Today", 6)
    assert refused(book) == "Pupil 9999 is not on the Tracker, so nothing was written."
    book.sheet("Tracker").held[3, 1] = "2101"
    book.select("Register", 2)
    assert refused(book) == "Pupil 2101 is on the Tracker 2 times. Take the copies out first; nothing was written."


def test_a_formula_in_the_notes_is_left_alone() -> None:
    book = little_book()
    book.sheet("Tracker").take((2, 5), '=B2&" is fine"')
    assert refused(book) == "The note of pupil 2101 is a formula, so it was left alone. Nothing was written."


@pytest.mark.parametrize("kept", ["=2+2", "+44 1632 960001", "-", "@home", "'quoted'", "\tspaced"])
def test_a_text_that_looks_like_a_formula_stays_a_text(kept: str) -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 5] = kept
    record(book, kept)
    assert notes(book, "2101").startswith(f"{kept}\nSun 22 Nov: ")
    assert book.sheet("Tracker").formulas == {}


@pytest.mark.parametrize("kept", [5.0, datetime(2026, 11, 2), date(2026, 11, 2)])  # noqa: DTZ001 - as Excel gives it
def test_a_number_or_a_date_in_the_notes_is_kept_in_words(kept: object) -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 5] = kept
    record(book)
    assert notes(book, "2101") in {f"5\n{LINE}", f"2 Nov 2026\n{LINE}"}


def test_a_full_note_is_left_as_it_is_and_nobody_else_is_written_to() -> None:
    book = little_book()
    full = "🙂" * 16_375  # two characters each, as Excel counts
    book.sheet("Tracker").held[4, 5] = full
    book.select("Tracker", 2, last=(4, 1))
    assert refused(book) == (
        "The note of pupil 2103 is full: a cell takes 32,767 characters. Nothing was written. Move its older lines "
        "somewhere else, then press the button again."
    )
    assert notes(book, "2103") == full


def test_a_note_may_be_as_long_as_a_cell() -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 5] = "x" * (32_767 - len(LINE) - 1)
    record(book)
    assert len(notes(book, "2101")) == 32_767


def test_cancelling_writes_nothing() -> None:
    book = little_book()
    book.sheet("Today").held |= {(4, 2): "Pupil", (4, 8): "✎ Outcome", (5, 8): "No answer"}
    book.select("Today", 5)
    assert (record(book, ""), book.writes) == (CANCELLED, 0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2", "No answer"),
        ("2.", "No answer"),
        ("5: seen by Mrs Ō’Brien", "Child seen and safe. Seen by Mrs Ō’Brien"),
        ("2 messages left", "2 messages left"),
        ("9", "9"),
        ("0. no", "0. no"),
        ("  spoke\r\n to\tmum\x07 ", "spoke to mum"),
        ("", ""),
    ],
)
def test_a_number_stands_for_an_outcome_of_the_list(typed: str, said: str) -> None:
    assert outcome(typed, layout.choices("call")) == said


def test_halfday_reads_the_line_as_a_contact_with_the_day_back() -> None:
    said = outcome("7. back Thursday", layout.choices("call"))
    line = line_of(said, date(2026, 11, 23), "Anna Bell")
    (one,) = read_noted({"2101": {"notes": f"Knows us well.\n{line}"}}, (), {"2101"}, date(2026, 11, 24))
    assert (one.outcome, one.note, one.who) == ("Ill: expected back", "Back Thursday", "AB")
    assert (one.day, one.back_on) == (date(2026, 11, 23), date(2026, 11, 26))


def test_the_question_fits_into_excels_box() -> None:
    asked = question(layout.choices("call"))
    assert len(asked) <= 255
    assert all(word in asked for word in layout.choices("call"))


@pytest.mark.parametrize(
    ("name", "short"), [("Anna Bell", "AB"), ("abell", "abell"), ("", ""), ("Jo van der Berg", "JVDB")]
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=30))
def test_no_words_ever_make_a_formula(typed: str, before: str) -> None:
    book = little_book()
    book.sheet("Tracker").held[2, 5] = before or None
    said = outcome(typed, ["No answer"])
    result = record_contact(book.genuine(), desk(Somebody(typed=[typed])))
    assert book.sheet("Tracker").formulas == {}
    if said and not before.rstrip().endswith(line_of(said, SUNDAY, "Anna Bell")):
        assert notes(book, "2101").startswith(before.rstrip())
        assert result.startswith("Recorded")


@settings(deadline=None)
@given(st.text())
def test_a_cell_shows_a_text_to_the_letter(text: str) -> None:
    book = MemoryBook()
    sheet = book.sheet("x")
    sheet.take((1, 1), as_text(text))
    assert sheet.held[1, 1] == text
    assert not sheet.formulas


def test_a_call_of_the_real_today_page_ends_up_in_the_notes_of_the_real_tracker(school: Path) -> None:
    path = next(school.glob("tracker.xls?"))
    book = opened(str(path), path, selected="Today")
    today = book.sheet("Today")
    row, key = next((at[0], str(text)) for at, text in today.held.items() if "|call|" in str(text))
    outcome_at = next(at[1] for at, text in today.held.items() if str(text) == "✎ Outcome" and at[0] < row)
    today.held[row, outcome_at] = "No answer"
    book.select("Today", row, 2)
    said = record_contact(book.genuine(), desk(Somebody()))
    pupil = key.partition("|")[0]
    assert said.startswith(f"Recorded for pupil {pupil}, in Notes on the Tracker")
    assert notes(book, pupil).splitlines()[-1] == "Sun 22 Nov: No answer (AB)"
    assert book.writes == 1
