"""Rows and columns belong to people: those that are there stay where they are, and what people wrote stays beside."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.google_emulator import Person
from tests.google_school import OWNER
from tests.sheet_desk import COLUMNS, TRACKER, Desk, actions, desk, pupil, school, summary, tracker

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.planning_cells import GONE
from halfday_sync.sheets.planning_lines import Line, line

ROWS = tuple(pupil(number) for number in range(1, 6))
STATUS = len(COLUMNS)


def keys(kept: Desk, tab: str = "Tracker") -> list[object]:
    return [row[0] if row else "" for row in kept.text(tab)[3:]]


def person(kept: Desk) -> Person:
    return kept.copy.google.person(kept.copy.book, OWNER)


def cell(kept: Desk, row: int, column: int, tab: str = "Tracker") -> object:
    return kept.copy.google.cell(kept.copy.book, tab, row, column)


# Where lines will stand -----------------------------------------------------------------------------------------------


def applied(there: list[str], planned: Line) -> list[str]:
    """A row of words after the changes of a line: what Google does, in four lines."""
    now = list(there)
    for change in planned.requests(7):
        ((kind, body),) = change.items()
        span = body["range"]  # type: ignore[index]
        at, end = span["startIndex"], span["endIndex"]
        assert 0 <= at < end
        if kind == "insertDimension":
            assert at < len(now) or (at == len(now) and body["inheritFromBefore"])  # type: ignore[index]
            now[at:at] = ["new"] * (end - at)
        else:
            assert end <= len(now)
            del now[at:end]
        assert now
    return now


@given(
    there=st.lists(st.sampled_from("abcdefgh"), unique=True),
    wanted=st.permutations("bdfhxyz"),
    blanks=st.lists(st.integers(0, 9), max_size=4),
)
def test_new_lines_come_behind_their_neighbours_and_nothing_that_stays_is_moved(
    there: list[str], wanted: list[str], blanks: list[int]
) -> None:
    now = ["k", *there]
    for at in blanks:
        now.insert(1 + at % len(now), "")
    order = ["k", *wanted]
    going = [at for at, key in enumerate(now) if key and key not in order]
    planned = line(len(now), {at: key for at, key in enumerate(now) if key}, order, going)
    after = applied(now, planned)
    assert [key for key in after if key != "new"] == [key for at, key in enumerate(now) if at not in going]
    assert [place.key if place.was is not None else "new" for place in planned.places] == after
    assert set(planned.at) == set(order)
    for at, key in enumerate(order[1:], 1):
        if key not in there:
            near = next(one for one in reversed(order[:at]) if one in {*there, "k"} or one in order[:at])
            assert planned.at[near] < planned.at[key]


# Rows -----------------------------------------------------------------------------------------------------------------


def test_a_new_row_comes_behind_its_neighbour_wherever_people_sorted_that_to() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).sort("Tracker", 1, descending=True)
        person(kept).colour("Tracker", 4, 1, "ff0000")
        kept.sync(school(*ROWS[:4], pupil(77), ROWS[4]))
        assert keys(kept) == ["P5", "P4", "P77", "P3", "P2", "P1"]
        colours = [kept.copy.google.colour_at(kept.copy.book, "Tracker", row, 1) for row in range(3, 9)]
        assert colours == [None, {"red": 1.0}, None, None, None, None]
        assert kept.copy.google.shown(kept.copy.book, "Tracker", 5, 3) == "91.5%"
        assert kept.copy.google.at(kept.copy.book, "Tracker", 5, 5).rest  # the drop-down


def test_a_row_that_is_done_with_goes_unless_people_wrote_there() -> None:
    with desk() as kept:
        pages = school(*ROWS, overdue=("A1", "A2", "A3"))
        kept.sync(pages)
        person(kept).note("Actions overdue", 4, 1, "Ring on Monday")
        plan = kept.sync(school(*ROWS, overdue=("A3",)))
        assert keys(kept, "Actions overdue") == ["A2", "A3"]
        assert kept.copy.google.note_at(kept.copy.book, "Actions overdue", 3, 1) == "Ring on Monday"
        assert kept.text("Actions overdue")[3] == ["A2", GONE]
        assert any("1 row that is done with stays" in words for words in plan.sentences)
        assert kept.sync(school(*ROWS, overdue=("A3",))).is_empty
        person(kept).note("Actions overdue", 3, 1, "")
        kept.sync(school(*ROWS, overdue=("A3",)))
        assert keys(kept, "Actions overdue") == ["A3"]


def test_a_list_may_become_empty_and_fill_again() -> None:
    with desk() as kept:
        for overdue in (("A1", "A2"), (), ("A3",), (), ("A4", "A5", "A6"), ("A7",)):
            kept.sync(school(*ROWS, overdue=overdue))
            assert [key for key in keys(kept, "Actions overdue") if key] == list(overdue)
            assert kept.sync(school(*ROWS, overdue=overdue)).is_empty


def test_the_row_of_a_pupil_whom_nobody_names_any_more_stays_and_says_so() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS), {"tracker": {("P2", "agreed"): "Call home"}})
        kept.sync(school(ROWS[0], *ROWS[2:]))
        assert kept.text("Tracker")[4] == ["P2", "", "", "", "", "Call home", "", GONE]
        kept.sync(school(*ROWS))
        assert kept.text("Tracker")[4][1:3] == ["Pupil 2", "At risk"]


def test_a_pupil_with_a_new_id_keeps_the_row() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).note("Tracker", 4, 1, "Ring on Monday")
        new = replace(ROWS[1], key="P99")
        plan = kept.sync(school(ROWS[0], new, *ROWS[2:]), renamed={"P2": "P99"})
        assert plan.changed == {"tracker": 1}
        assert plan.put_back == 0
        assert keys(kept) == ["P1", "P99", "P3", "P4", "P5"]
        assert kept.copy.google.note_at(kept.copy.book, "Tracker", 4, 1) == "Ring on Monday"


def test_a_row_that_lost_its_key_gets_it_again_where_its_cells_say_whose_it_is() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).clear("Tracker", 4, 0)
        plan = kept.sync(school(*ROWS))
        assert plan.changed == {"tracker": 1}
        assert keys(kept) == ["P1", "P2", "P3", "P4", "P5"]
        assert any("lost its hidden key and has it again" in words for words in plan.sentences)


def test_a_row_that_lost_its_key_and_was_changed_is_told_and_its_pupil_gets_a_new_row() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).clear("Tracker", 4, 0)
        person(kept).type("Tracker", 4, 1, "Somebody")
        plan = kept.sync(school(*ROWS))
        assert keys(kept) == ["P1", "P2", "", "P3", "P4", "P5"]
        assert any("row 5 is without its hidden key" in words for words in plan.sentences)
        assert cell(kept, 5, 1) == "Somebody"


def test_a_copied_row_is_told_and_not_written_to() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).insert_rows("Tracker", 6)
        for column, value in enumerate(kept.text("Tracker")[3][:3]):
            person(kept).type("Tracker", 6, column, value)
        plan = kept.sync(school(pupil(1, "Persistent"), *ROWS[1:]))
        assert plan.changed == {"tracker": 1}
        assert (cell(kept, 3, 2), cell(kept, 6, 2)) == ("Persistent", "At risk")
        assert any("row 7 is a copy" in words for words in plan.sentences)


def test_cells_of_halfdays_that_people_changed_are_put_back_and_counted() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).type("Tracker", 3, 1, "Somebody")
        person(kept).type("Tracker", 4, 3, "=1+1")
        person(kept).clear("Tracker", 2, 2)
        plan = kept.sync(school(pupil(1, share=0.5), *ROWS[1:]))
        assert plan.put_back == 3
        assert plan.changed == {"tracker": 4}
        assert "3 cells that belong to Halfday were changed in the sheet and have been put back." in plan.sentences
        assert kept.text("Tracker")[2][2] == "Stage"


@pytest.mark.parametrize("row", [1, 2], ids=["title", "headers"])
def test_title_and_headers_that_people_deleted_come_back(row: int) -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        before = kept.text("Tracker")
        person(kept).delete_rows("Tracker", row)
        kept.sync(school(*ROWS))
        assert kept.text("Tracker") == before
        assert kept.sync(school(*ROWS)).is_empty


def test_rows_that_people_inserted_above_and_between_do_no_harm() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).insert_rows("Tracker", 3)
        person(kept).insert_rows("Tracker", 0, 2)
        person(kept).type("Tracker", 0, 1, "Read this first")
        person(kept).insert_columns("Tracker", 1)
        kept.sync(school(pupil(1, "Persistent"), *ROWS[1:], pupil(6)))
        assert kept.text("Tracker")[0] == ["", "", "Read this first"]
        assert [row[0] for row in kept.text("Tracker")[6:]] == ["P1", "P2", "P3", "P4", "P5", "P6"]
        assert cell(kept, 6, 3) == "Persistent"
        assert kept.sync(school(pupil(1, "Persistent"), *ROWS[1:], pupil(6))).is_empty


def sorted_without_keys(kept: Desk, last: int, *, descending: bool = True) -> None:
    """Somebody selects the cells that are shown, up to a column, and sorts those alone."""
    place = {"sheetId": TRACKER, "startRowIndex": 3, "endRowIndex": 8, "startColumnIndex": 1, "endColumnIndex": last}
    order = "DESCENDING" if descending else "ASCENDING"
    person(kept)._do("sortRange", {"range": place, "sortSpecs": [{"dimensionIndex": 1, "sortOrder": order}]})


@pytest.mark.parametrize("last", [5, 8], ids=["and without the answers", "with the answers"])
def test_rows_that_were_sorted_without_their_keys_stop_before_an_answer_is_taken_for_another_pupils(last: int) -> None:
    with desk() as kept:
        kept.sync(school(*ROWS), {"tracker": {("P2", "agreed"): "Call home"}})
        sorted_without_keys(kept, last)
        before = kept.text("Tracker")
        with pytest.raises(SafetyError, match="without the hidden column A") as stop:
            kept.sync(school(*ROWS))
        assert stop.value.problems == ("“Tracker”: row 4, 5, 7, 8",)
        assert kept.text("Tracker") == before
        sorted_without_keys(kept, last, descending=False)
        assert kept.sync(school(*ROWS)).is_empty


# Columns --------------------------------------------------------------------------------------------------------------


def test_a_column_of_halfdays_that_was_deleted_is_put_back_where_it_belongs() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        before = kept.text("Tracker")
        person(kept).delete_columns("Tracker", 2)
        plan = kept.sync(school(*ROWS))
        assert kept.text("Tracker") == before
        assert any("“Stage” was deleted in the sheet and has been put back" in words for words in plan.sentences)
        assert kept.copy.google.note_at(kept.copy.book, "Tracker", 2, 2) == "From the policy."
        assert kept.sync(school(*ROWS)).is_empty


def test_a_column_of_slts_that_was_deleted_is_put_back_with_what_is_known_and_free_to_write() -> None:
    with desk() as kept:
        answers = {"tracker": {("P2", "agreed"): "=Call home", ("P9", "agreed"): "nobody", ("P2", "name"): "no"}}
        kept.sync(school(*ROWS), answers)
        person(kept).delete_columns("Tracker", 5)
        kept.sync(school(*ROWS), answers)
        assert kept.text("Tracker")[4][:6] == ["P2", "Pupil 2", "At risk", "91.5%", "Tue 2 Sep 2025", "=Call home"]
        assert not kept.copy.google.at(kept.copy.book, "Tracker", 4, 5).formula
        held = kept.copy.google.sheet(kept.copy.book, "Tracker").protections[0]["unprotectedRanges"]
        assert [(free["startColumnIndex"], free["endColumnIndex"]) for free in held] == [(5, 7)]
        assert kept.sync(school(*ROWS)).is_empty


def test_a_column_that_slt_may_not_see_any_more_goes_and_peoples_own_stay() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).insert_columns("Tracker", 3)
        person(kept).type("Tracker", 3, 3, "mine")
        page = replace(tracker(ROWS), columns=tuple(one for one in COLUMNS if one.key != "stage"), rules=(), views=())
        plan = kept.sync((summary(), page, actions("A1", "A2")))
        assert kept.text("Tracker")[3][:4] == ["P1", "Pupil 1", "mine", "91.5%"]
        assert "At risk" not in str(kept.text("Tracker"))
        assert any("1 column that the copy does not show any more went" in words for words in plan.sentences)
        assert kept.sync((summary(), page, actions("A1", "A2"))).is_empty


def test_a_column_of_slts_that_no_page_has_any_more_is_not_taken_away() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS), {"tracker": {("P1", "agreed"): "Call home"}})
        page = replace(tracker(ROWS), columns=tuple(one for one in COLUMNS if one.key != "agreed"), views=())
        kept.sync((summary(), page, actions("A1", "A2")))
        assert cell(kept, 3, 5) == "Call home"


def test_columns_that_people_moved_and_hid_are_found_again() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).move_column("Tracker", 2, 6)
        person(kept).hide_column("Tracker", 5)
        kept.sync(school(pupil(1, "Persistent"), *ROWS[1:]))
        assert cell(kept, 3, 5) == "Persistent"
        assert kept.sync(school(pupil(1, "Persistent"), *ROWS[1:])).is_empty


def test_slts_cells_are_written_only_where_the_merge_says_so() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        person(kept).type("Tracker", 3, 5, "Their words")
        plan = kept.sync(school(*ROWS), {"tracker": {("P2", "agreed"): "Ours", ("P2", "decided_on"): None}})
        assert plan.changed == {"tracker": 1}
        assert [cell(kept, row, 5) for row in (3, 4)] == ["Their words", "Ours"]
