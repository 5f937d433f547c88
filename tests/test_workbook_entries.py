"""What people typed comes back in a tracker that is built afresh: every word, tick and date, in its row."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests.little_school import OFFICE, little_school

from halfday.policy.evaluate import evaluate
from halfday.policy.outcome import Done
from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, TRACKER, Typed
from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.layout import document, table_columns
from halfday_sync.workbook.view import View

LATE, SOON = "P09|meet|2025-09-22", "P03|meet|2025-10-21"


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


def _book(view: View, **typed: dict[str, dict[str, Typed]]) -> Any:
    staff = {
        (place, key, column): value
        for place, rows in typed.items()
        for key, row in rows.items()
        for column, value in row.items()
    }
    return load_workbook(BytesIO(checked_bytes(replace(view, staff=staff), OFFICE)))


def _rows(book: Any, sheet: str, key: str) -> dict[str, dict[str, Any]]:
    """The cells of a sheet's rows by header; the rows by the cell under a header."""
    headers, *rows = book[sheet].iter_rows()
    titles = [str(cell.value).removeprefix("✎ ") for cell in headers]
    found = [dict(zip(titles, row, strict=True)) for row in rows]
    return {str(row[key].value): row for row in found}


# --- the Tracker


NOTES: dict[str, Typed] = {
    "notes": "=cmd|' /C calc'!A0\nKnows us well. " + "word " * 2_000,
    "agreed": "Call the family",
    "by_when": date(2025, 11, 3),
    "done": date(2025, 11, 4),
}


def test_what_was_typed_on_the_tracker_is_in_its_row(view: View) -> None:
    row = _rows(_book(view, tblTracker={"P02": NOTES}), "Tracker", "Pupil ID")["P02"]
    assert row["Notes"].value == NOTES["notes"]
    assert row["Notes"].data_type == "s"
    assert row["Agreed action"].value == "Call the family"
    assert row["By when"].value == datetime(2025, 11, 3)  # noqa: DTZ001
    assert row["Done"].value == datetime(2025, 11, 4)  # noqa: DTZ001
    assert row["Done"].number_format == "ddd d mmm yyyy"


def test_a_row_with_a_long_note_is_as_tall_as_excel_allows(view: View) -> None:
    book = _book(view, tblTracker={"P02": NOTES})
    row = _rows(book, "Tracker", "Pupil ID")["P02"]["Notes"].row
    assert book["Tracker"].row_dimensions[row].height == 408.75  # whole pixels


def test_columns_that_people_added_stand_at_the_right_end(view: View) -> None:
    added: dict[str, Typed] = {
        "Mentor": "Ms X",
        "Score": 3.5,
        "Free\nmeals": True,
        "STATUS": "so so",
        "attended": "well",
    }
    book = _book(view, tblTracker={"P02": added, "P03": {"Mentor": "Mr Y"}})
    ours = len(table_columns("tracker"))
    headers = [cell.value for cell in book["Tracker"][1]]
    assert headers[ours:] == ["Mentor", "Score", "Free\nmeals", "STATUS (2)"]
    rows = _rows(book, "Tracker", "Pupil ID")
    assert [rows["P02"][title].value for title in headers[ours:]] == ["Ms X", 3.5, True, "so so"]
    assert [rows["P03"][title].value for title in headers[ours:]] == ["Mr Y", None, None, None]
    assert rows["P02"]["Attended"].value != "well"


def test_facts_carry_what_is_done(view: View) -> None:
    done = [Done("P09", "meet", date(2025, 9, 22))]
    outcomes = evaluate(view.policy, view.pupils, view.register, view.calendar, view.marks_until, done=done)
    row = _rows(_book(replace(view, outcomes=outcomes)), "Tracker", "Pupil ID")["P09"]
    assert row["Facts"].value.splitlines()[-1] == "done Meet the family 2025-09-22"
    assert (
        row["Checklist as sent"].value
        == "Send the letter of concern (Attendance lead, by Thu 25 Sep; a person approves it)"
    )


# --- Actions


def test_every_open_action_has_a_row_by_due_date(view: View) -> None:
    rows = _rows(_book(view), "Actions", "Entry")
    asked = {f"{o.pupil.pupil_id}|{a.id}|{a.due}" for o in view.outcomes for a in o.left}
    assert set(rows) == asked
    dues = [row["Due"].value for row in rows.values()]
    assert dues == sorted(dues)
    assert (rows[LATE]["Status"].value, rows[SOON]["Status"].value) == ("Overdue", "Open")
    late = rows[LATE]
    assert [late[title].value for title in ("Pupil ID", "Action", "Who")] == [
        "P09",
        "Meet the family",
        "Attendance lead",
    ]


def test_a_tick_stays_with_its_action_also_when_nobody_asks_any_more(view: View) -> None:
    typed: dict[str, dict[str, Typed]] = {
        LATE: {"done": "Yes", "note": "at the gate"},
        SOON: {"done": "Part done"},
        "P02|gone|2025-09-09": {"note": "rang"},
        "P99|meet|2025-09-10": {"done": "No longer needed"},
        "P03|meet|2024-10-01": {"done": None},
    }
    rows = _rows(_book(view, tblActionLog=typed), "Actions", "Entry")
    said = {key: rows[key]["Status"].value for key in typed}
    assert list(said.values()) == ["Done", "Open", "No longer asked", "No longer needed", "No longer asked"]
    assert [rows[LATE][title].value for title in ("Done", "Note")] == ["Yes", "at the gate"]
    assert rows["P02|gone|2025-09-09"]["Action"].value == "gone"
    assert rows["P99|meet|2025-09-10"]["Pupil"].value is None


def test_leavers_are_asked_for_nothing(view: View) -> None:
    left = next(outcome.pupil for outcome in view.outcomes if view.has_left(outcome.pupil))
    key = f"{left.pupil_id}|meet|2025-10-01"
    rows = _rows(_book(view, tblActionLog={key: {"note": "rang"}}), "Actions", "Entry")
    assert [(k, row["Status"].value) for k, row in rows.items() if row["Pupil ID"].value == left.pupil_id] == [
        (key, "No longer asked")
    ]


# --- Contacts


def test_contacts_are_in_the_order_in_which_they_were_written(view: View) -> None:
    typed: dict[str, dict[str, Typed]] = {
        "C2": {"date": date(2025, 10, 16), "pupil_id": "P02", "what": "Call", "outcome": "No answer", "who": "AB"},
        "C1": {"pupil_id": "p03", "note": 7.0},
        "C3": {"date": "soon", "pupil_id": "9"},
        "P07|call|2025-10-17": {"outcome": "Left a message"},
    }
    rows = _rows(_book(view, tblContacts=typed), "Contacts", "Entry")
    assert list(rows) == list(typed)
    names = {pupil.pupil_id: f"{pupil.forename} {pupil.surname}" for pupil in view.pupils}
    assert [row["Pupil"].value for row in rows.values()] == [
        names["P02"], names["P03"], "Nobody on the Tracker has this ID", names["P07"],
    ]  # fmt: skip
    assert rows["C2"]["Date"].value == datetime(2025, 10, 16)  # noqa: DTZ001
    assert (rows["C1"]["Note"].value, rows["C3"]["Date"].value) == (7, "soon")
    today = rows["P07|call|2025-10-17"]
    assert [today[title].value for title in ("Pupil ID", "What", "Outcome")] == ["P07", "Call", "Left a message"]
    assert today["Date"].value == datetime(2025, 10, 17)  # noqa: DTZ001


# --- Decisions


def test_each_decision_says_what_became_of_it(view: View) -> None:
    hold: dict[str, Typed] = {
        "pupil_id": "P02",
        "kind": "Hold",
        "reason": "An operation",
        "who": "Head",
        "from": date(2025, 10, 1),
        "until": date(2025, 11, 21),
    }
    rows = _rows(_book(view, tblDecisions={"D1": hold, "D2": hold | {"reason": None}}), "Decisions", "Entry")
    told = [row["What Halfday made of it"].value for row in rows.values()]
    assert told == ["In force until Fri 21 Nov 2025: the stage stays as it was.", "Not in force: it needs a reason."]
    assert rows["D1"]["Until"].value == datetime(2025, 11, 21)  # noqa: DTZ001


# --- all three


@pytest.mark.parametrize(("sheet", "place"), [("Actions", ACTIONS), ("Contacts", CONTACTS), ("Decisions", DECISIONS)])
def test_a_table_stands_alone_on_its_sheet(view: View, sheet: str, place: str) -> None:
    page = _book(view)[sheet]
    table = page.tables[place]
    assert (table.ref.split(":")[0], table.autoFilter.ref) == ("A1", table.ref)
    assert page.max_row == int("".join(filter(str.isdigit, table.ref.split(":")[1])))
    assert (page.freeze_panes[-1], page.print_title_rows, page.page_setup.paperSize) == ("2", "$1:$1", 9)
    assert not page.protection.sheet
    assert page.cell(1, page.max_column).value == "Entry"
    assert page.column_dimensions[page.cell(1, page.max_column).column_letter].hidden


@pytest.mark.parametrize("name", ["contacts", "decisions"])
def test_drop_downs_and_dates_are_ready_below_the_table(view: View, name: str) -> None:
    said = document("layout")[name]
    page = _book(view)[said["title"]]
    reached = {str(rule.sqref) for rule in page.data_validations.dataValidation}
    for column in table_columns(name):
        letter = chr(65 + column.at)
        assert (f"{letter}2:{letter}{2 + said['room']}" in reached) == (column.owner == "staff")
    lists = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert "PupilIDs" in {rule.formula1 for rule in lists}
    assert not any(rule.showErrorMessage for rule in lists), "other words may be typed"
    first_day = next(column for column in table_columns(name) if column.format == "fullday")
    style = page.column_dimensions[chr(65 + first_day.at)]
    assert style.number_format == "ddd d mmm yyyy"


def test_columns_that_people_added_come_back_on_these_sheets_too(view: View) -> None:
    rows = _rows(_book(view, tblContacts={"C1": {"pupil_id": "P02", "Language": "Polish"}}), "Contacts", "Entry")
    assert rows["C1"]["Language"].value == "Polish"


def test_names_say_the_design_and_lead_to_the_lists(view: View) -> None:
    names = {name: said.attr_text for name, said in _book(view).defined_names.items()}
    assert names["HalfdayDesign"] == str(document("layout")["design"])
    assert names["PupilIDs"] == "tblTracker[Pupil ID]"
    assert names["StageNumbers"] == "tblStages[Stage number]"


def test_the_same_typed_cells_give_the_same_workbook(view: View) -> None:
    staff = {(TRACKER, "P02", "Mentor"): "Ms X", (CONTACTS, "C1", "pupil_id"): "P02"}
    assert checked_bytes(replace(view, staff=staff), OFFICE) == checked_bytes(replace(view, staff=dict(staff)), OFFICE)
