"""The staff of the demonstration type, tick and sort as people do; their fortnight comes back on its last morning."""

import shutil
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from tests.exports import Run
from tests.little_school import OFFICE, little_school
from tests.staff import Memory, Picture, look, losses

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.commands.demo_staff import Staff
from halfday_sync.entries import ACTIONS, CONTACTS, DECISIONS, LETTERS, MINUTES, PLANS, TRACKER
from halfday_sync.store import Store
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package

FRIDAY = date(2025, 10, 17)

AFTERNOON = datetime(2025, 12, 5, 15, tzinfo=UTC)


@cache
def fresh() -> bytes:
    return tracker_bytes(little_school(), OFFICE)


def column(picture: Picture, table: str, title: str) -> dict[str, object]:
    """A column of a table by the table's key."""
    key = "Pupil ID" if table == TRACKER else "Entry"
    grid = picture.tables[table]
    rows = picture.keys(table, key)
    return {one: picture.at(grid.sheet, row, grid.column(title)).value for one, row in rows.items()}


def test_what_they_type_is_a_text_or_a_date_and_nothing_else_changes() -> None:
    desk = Desk(fresh())
    (first, key), (second, other) = list(desk.rows(TRACKER))[:2]
    desk.fill_in(TRACKER, first, {"notes": "=1+1 & <b>", "by_when": date(2025, 12, 1)})
    desk.fill_in(TRACKER, second, {"notes": "plain"})
    after = desk.saved("AB", AFTERNOON)
    notes = column(look(after), TRACKER, "✎ Notes")
    assert (notes[key], notes[other]) == ("'=1+1 & <b>", "plain")
    assert str(column(look(after), TRACKER, "✎ By when")[key]) == "2025-12-01 00:00:00"
    assert lint(after) == []
    assert list(losses(look(fresh()), look(after), Memory())) == []
    was, now = Package.of(fresh()), Package.of(after)
    changed = [name for name in was.names if was.parts[name] != now.parts[name]]
    assert sorted(changed) == ["docProps/core.xml", "xl/worksheets/sheet2.xml"]


def test_rows_go_as_a_whole_when_they_sort() -> None:
    desk = Desk(fresh())
    for row, key in desk.rows(TRACKER):
        desk.fill_in(TRACKER, row, {"notes": f"note on {key}"})
    desk.sort(TRACKER, "attendance")
    order = [desk.cell(TRACKER, row, "attendance") for row, _key in desk.rows(TRACKER)]
    figures = [one for one in order if isinstance(one, float)]
    assert figures == sorted(figures)
    assert len(figures) > 5
    picture = look(desk.saved("AB", AFTERNOON))
    assert column(picture, TRACKER, "✎ Notes") == {key: f"note on {key}" for _row, key in desk.rows(TRACKER)}
    before, after = (column(one, TRACKER, "Surname") for one in (look(fresh()), picture))
    assert before == after
    assert list(before) != list(after)
    assert lint(desk.saved("AB", AFTERNOON)) == []


def test_rows_they_begin_fill_the_free_row_and_then_make_the_table_grow() -> None:
    desk = Desk(fresh())
    for pupil_id in ("P01", "P02", "P03"):
        desk.begin(CONTACTS, {"pupil_id": pupil_id, "note": f"on {pupil_id}"})
    after = desk.saved("AB", AFTERNOON)
    assert lint(after) == []
    picture = look(after)
    grid = picture.tables[CONTACTS]
    told = [picture.at(grid.sheet, row, grid.column("✎ Pupil ID")).value for row in grid.rows]
    assert told == ["P01", "P02", "P03"]
    assert Desk(after).seen.tables[CONTACTS].rows == grid.rows


def test_the_same_seed_gives_the_same_fortnight() -> None:
    first, second = fresh(), fresh()
    one, other, third = Staff(4), Staff(4), Staff(5)
    for _ in range(8):
        first, second = one.work(first, FRIDAY), other.work(second, FRIDAY)
        assert lint(first) == []
    assert first == second
    assert first != third.work(fresh(), FRIDAY)


@pytest.fixture(scope="module")
def store(made: Path) -> Store:
    return Store.open(made / "halfday.db")


def test_the_demonstration_shows_a_school_at_work(made: Path, store: Store) -> None:
    picture = look((made / "tracker.xlsx").read_bytes())
    with store:
        entries, edits = store.entries(), store.edits()
    assert len([1 for place, key, what in entries if place == CONTACTS and what == "outcome" and "|" in key]) > 3
    assert len([1 for place, _key, what in entries if place == ACTIONS and what == "done"]) > 3
    assert [what for place, _key, what in entries if place == DECISIONS and what == "kind"] == ["kind"]
    assert len(edits) == 1
    written = set(picture.texts())
    assert "In force" in " ".join(map(str, column(picture, DECISIONS, "What Halfday made of it").values()))
    assert any("You changed these" in text for text in written)
    assert "Done" in column(picture, ACTIONS, "Status").values()
    order = [value for value in column(picture, TRACKER, "Surname").values() if value]
    assert order != sorted(map(str, order))


def test_the_demonstration_has_letters_plans_minutes_and_a_story(made: Path, run: Run) -> None:
    picture = look((made / "tracker.xlsx").read_bytes())
    states = " ".join(map(str, column(picture, LETTERS, "Status").values()))
    assert "Sent on" in states
    assert "then fill in Sent on" in states
    assert [file for file in (made / "letters").iterdir() if file.suffix == ".docx"]
    weeks = column(picture, PLANS, "Week by week").values()
    assert any("wk 3" in str(one) for one in weeks)
    assert len([one for one in column(picture, MINUTES, "✎ Agreed").values() if one]) >= 5
    with Store.open(made / "halfday.db") as store:
        talks = [key for place, key, what in store.entries() if place == CONTACTS and what == "what" and "|" not in key]
        pupil_id = str(store.entries()[CONTACTS, talks[0], "pupil_id"])
    code, out, _err = run("chronology", pupil_id, "--school", made)
    assert code == 0
    assert "Meeting: Agreed a plan" in out


def test_a_letter_that_somebody_wrote_in_stops_it_as_well(run: Run, made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "demo"))
    letter = next((folder / "letters").glob("*.docx"))
    letter.write_bytes(letter.read_bytes() + b"by hand")
    code, _out, err = run("demo", "--into", folder, "--pupils", "40")
    assert code == 2
    assert "untouched" in err
    assert letter.read_bytes().endswith(b"by hand")


def test_a_demonstration_in_which_somebody_worked_is_not_made_anew(run: Run, made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "demo"))
    (folder / "tracker.xlsx").write_bytes(Staff(1).work((folder / "tracker.xlsx").read_bytes(), FRIDAY))
    code, _out, err = run("demo", "--into", folder, "--pupils", "40")
    assert code == 2
    assert "untouched" in err
    assert zipfile.is_zipfile(folder / "tracker.xlsx")


def test_a_strange_file_among_the_earlier_copies_stops_it_too(run: Run, made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "demo"))
    mine = folder / "earlier" / "my own notes.xlsx"
    mine.write_text("mine", encoding="utf-8")
    code, _out, _err = run("demo", "--into", folder, "--pupils", "40")
    assert code == 2
    assert mine.read_text(encoding="utf-8") == "mine"
