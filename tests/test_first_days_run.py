"""First days through whole runs: typed on Today, kept once on Contacts, told next morning and in the chronology."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reading only
from tests.exports import Run
from tests.staff_books import XmlBook
from tests.two_way_school import School

from halfday_sync import config
from halfday_sync.entries import CONTACTS, by_row
from halfday_sync.store import Store

OUTCOME, NOTE, KEY = 8, 9, 10
LAST_ROW = 200
SHOWN = re.compile(r"\d+   (Ring|Known|Tell)")


def opened(folder: Path) -> School:
    """Five children away from Tuesday on: P02 on a protection plan, P03 and P04 of one family."""
    school = School(folder)
    school.open_its_doors()
    school.pupils["P02"] = replace(school.pupils["P02"], cp=True)
    for one in ("P03", "P04"):
        school.pupils[one] = replace(school.pupils[one], family_id="F1")
    return school


def morning(school: School, away: str) -> None:
    """The next school day: these children have no reason; all others are here."""
    school.go_on(["why?" if one in away.split() else "here" for one in school.pupils])
    school.tell()
    code, said = school.run()
    assert code == 0, said
    assert not re.search(r"Sur|Fore", said), "no names"


def typed(school: School, **answers: tuple[str, str | None]) -> None:
    """Somebody types outcomes and notes on Today: `P01_call=("No answer", None)`."""
    book = XmlBook(school.tracker.read_bytes())
    rows = {book.value("Today", row, KEY): row for row in range(1, LAST_ROW)}
    for where, (outcome, note) in answers.items():
        row = rows[f"{where.replace('_', '|')}|{school.today}"]
        book.type("Today", row, OUTCOME, outcome)
        if note:
            book.type("Today", row, NOTE, note)
    school.tracker.write_bytes(book.saved())


def contacts(school: School) -> dict[str, dict[str, Any]]:
    """What the store has of tblContacts, by key."""
    with Store.open(config.load(school.folder).store) as store:
        assert store.broken() == ()
        return {key: dict(row) for key, row in by_row(store.entries(), CONTACTS).items()}


def sheet_rows(school: School) -> list[dict[str, Any]]:
    """The rows of the sheet Contacts, by header."""
    header, *rows = load_workbook(school.tracker)["Contacts"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows if any(row)]


def page(school: School) -> Iterator[str]:
    """The sections of Today about first days, as a person reads them."""
    sheet = load_workbook(BytesIO(school.tracker.read_bytes()), data_only=True)["Today"]
    shown = False
    for row in sheet.iter_rows(max_col=NOTE):
        cells = [_text(cell.value) for cell in row]
        if re.match(r"\d+   ", cells[0]):
            shown = bool(SHOWN.match(cells[0]))
        if shown and any(cells):
            yield " | ".join(text.replace("\n", " / ") for text in cells).strip(" |")


def _text(value: Any) -> str:
    return f"{value:%a} {value.day} {value:%b}" if isinstance(value, date) else str(value or "")


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[School, str]:
    """A week of mornings and of what the office typed in between; and what Today said."""
    school = opened(tmp_path_factory.mktemp("first") / "oak")
    told: list[str] = []

    def read() -> None:
        told.extend([f"== {school.today:%A} {school.today.day} {school.today:%B}", *page(school), ""])

    morning(school, "P01 P02 P03 P04 P05")
    read()
    typed(
        school,
        P01_call=("Ill: expected back", "Cold; back on Friday"),
        P02_visit=("No answer", None),
        P02_told=("Told", "Social worker, 9.40"),
        P03_call=("No answer", None),
        P05_call=("Reason found", "=1+1"),
    )
    assert school.run()[0] == 0  # later on the same morning: what was typed stays, each in its row
    read()
    morning(school, "P01 P02 P03 P05")
    read()
    typed(school, P02_visit=("Child seen and safe", "At the door"), P03_visit=("Left a message", None))
    morning(school, "P01 P02 P03")
    read()
    typed(school, P03_visit=("Will call back", None))
    morning(school, "P01 P02 P03")
    read()
    morning(school, "P01 P02")
    read()
    return school, "\n".join(told)


def test_a_week_of_mornings_reads_as_it_should(week: tuple[School, str], golden: Callable[[str, str], None]) -> None:
    golden("first_days", week[1])


def test_each_contact_is_kept_once_through_all_runs(week: tuple[School, str]) -> None:
    school, _told = week
    rows = contacts(school)
    assert len(rows) == 8
    assert {key.split("|")[1] for key in rows} == {"call", "visit", "told"}
    assert rows["P02|told|2025-10-14"] | {"who": ""} == {
        "date": date(2025, 10, 14),
        "pupil_id": "P02",
        "what": "Told",
        "outcome": "Told",
        "note": "Social worker, 9.40",
        "who": "",
    }
    shown = sheet_rows(school)
    assert len(shown) == len(rows)
    assert len({(row["✎ Date"], row["✎ Pupil ID"], row["✎ What"]) for row in shown}) == len(rows)


def test_every_row_of_contacts_has_its_text_to_paste(week: tuple[School, str]) -> None:
    school, _told = week
    pasted = {row["✎ Pupil ID"]: row["Ready to paste"] for row in sheet_rows(school) if row["✎ What"] == "Call"}
    assert pasted["P05"].startswith("Tue 14 Oct 2025. Call about absence. Outcome: Reason found. Note: =1+1.")
    assert pasted["P05"].endswith("(Little Oak, attendance)")
    assert "Fore" not in pasted["P01"], "it goes into the pupil's record: no name is needed"


def test_a_contact_changed_on_contacts_changes_today_and_its_text(tmp_path: Path) -> None:
    school = opened(tmp_path / "oak")
    morning(school, "P05")
    typed(school, P05_call=("No answer", None))
    assert school.run()[0] == 0
    assert any("Try again later today" in line and "| No answer" in line for line in page(school))
    book = XmlBook(school.tracker.read_bytes())
    grid = book.tables()[CONTACTS]
    (row,) = grid.rows
    book.type(grid.sheet, row, grid.column("✎ Outcome"), "Ill: expected back")
    book.type(grid.sheet, row, grid.column("✎ Expected back"), date(2025, 10, 17))
    school.tracker.write_bytes(book.saved())
    assert school.run()[0] == 0
    assert len(contacts(school)) == 1
    (line,) = [line for line in page(school) if "Sur" in line]
    assert "The family says: ill, back Fri 17 Oct." in line
    assert line.endswith("| Ill: expected back")
    (told,) = sheet_rows(school)
    assert "Outcome: Ill: expected back. Expected back: Fri 17 Oct 2025." in told["Ready to paste"]
    morning(school, "P05")
    assert any(line.startswith("1 | ForeP05") and "Put the reason into the MIS" in line for line in page(school))


# --- the chronology


def test_the_chronology_has_every_contact_in_the_order_of_days(week: tuple[School, str], run: Run) -> None:
    school, _told = week
    code, out, err = run("chronology", "P02", "--school", school.folder)
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head == "Attendance chronology of pupil P02 (marks up to Fri 17 Oct 2025, Little Oak)"
    kinds = ("Call", "Visit", "Told")
    told = [line.split(". ", 1) for line in lines if any(f"Oct 2025. {kind}" in line for kind in kinds)]
    assert [day for day, _said in told] == ["Tue 14 Oct 2025", "Tue 14 Oct 2025", "Wed 15 Oct 2025"]
    assert told[0][1] == "Call: No answer.", "typed beside a visit, but nobody says that anybody went"
    assert told[2][1] == "Visit: Child seen and safe. At the door."
    assert "SurP02" not in out
    _code, later, _err = run("chronology", "a999000000002", "--since", "2025-10-15", "--school", school.folder)
    assert [line for line in later.splitlines()[1:] if "14 Oct" in line] == []


def test_the_chronology_goes_into_a_new_file_only(week: tuple[School, str], run: Run, tmp_path: Path) -> None:
    school, _told = week
    out = tmp_path / "p02.txt"
    code, said, _err = run("chronology", "P02", "--school", school.folder, "--out", out)
    assert (code, said.count("P02")) == (0, 1)
    text = out.read_text(encoding="utf-8")
    assert "Child seen and safe" in text
    assert out.stat().st_mode & 0o077 == 0
    code, _said, err = run("chronology", "P02", "--school", school.folder, "--out", out)
    assert code == 2
    assert "Nothing was written" in err
    assert out.read_text(encoding="utf-8") == text
    assert run("chronology", "P99", "--school", school.folder)[0] == 2
    assert run("chronology", "P02", "--school", school.folder, "--out", tmp_path / "no" / "p.txt")[0] == 2


def test_notes_on_the_tracker_are_part_of_the_chronology(tmp_path: Path, run: Run) -> None:
    school = opened(tmp_path / "oak")
    morning(school, "P05")
    book = XmlBook(school.tracker.read_bytes())
    grid = book.tables()["tblTracker"]
    row = next(row for row in grid.rows if book.value(grid.sheet, row, grid.column("Pupil ID")) == "P05")
    book.type(
        grid.sheet, row, grid.column("✎ Notes"), "Likes football\nTue 14 Oct: Ill: expected back. Back Fri 17 Oct (AB)"
    )
    school.tracker.write_bytes(book.saved())
    morning(school, "P05")
    assert any("The family says: ill, back Fri 17 Oct." in line for line in page(school))
    _code, out, _err = run("chronology", "P05", "--school", school.folder)
    assert "Tue 14 Oct 2025. Call: Ill: expected back. Expected back Fri 17 Oct 2025. Back Fri 17 Oct. (AB)" in out
    assert "Note: Likes football." in out
