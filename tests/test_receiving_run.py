"""`halfday run` over a source that fails, is doubted or gives other ids: the tracker, the words, and what is kept."""

import contextlib
import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.staff import look
from tests.staff_books import XmlBook
from tests.two_way_school import School, a_morning_at

from halfday.policy.waiting import Waits
from halfday_sync import cli, config
from halfday_sync.commands.demo import DEMO_DAY
from halfday_sync.commands.running import summary
from halfday_sync.entries import TRACKER
from halfday_sync.errors import Exit
from halfday_sync.pipeline import work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy

NOTES = "✎ Notes"


@pytest.fixture
def oak(tmp_path: Path) -> School:
    return a_morning_at(tmp_path / "oak")


def halfday(school: School, *words: str) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = cli.main([*words, "--school", str(school.folder), "--as-of", school.today.isoformat()])
    assert "Sur" not in out.getvalue()
    assert "ForeP" not in out.getvalue()
    return code, out.getvalue()


def kept(school: School) -> list[str]:
    """Everything in the store but its run log and what it asked."""
    with closing(sqlite3.connect(config.load(school.folder).store)) as db:
        return [line for line in db.iterdump() if not line.startswith(('INSERT INTO "run"', 'INSERT INTO "asked"'))]


def notes(school: School) -> dict[str, object]:
    """What stands in Notes, by pupil; each pupil has one row."""
    picture = look(school.tracker.read_bytes())
    grid = picture.tables[TRACKER]
    rows = picture.keys(TRACKER, "Pupil ID")
    ids = [picture.at(grid.sheet, row, grid.column("Pupil ID")).value for row in grid.rows]
    assert len({one for one in ids if one}) == len([one for one in ids if one])
    return {key: picture.at(grid.sheet, row, grid.column(NOTES)).value for key, row in rows.items()}


def type_notes(school: School) -> None:
    book = XmlBook(school.tracker.read_bytes())
    grid = book.tables()[TRACKER]
    for row in grid.rows:
        pupil_id = book.value(grid.sheet, row, grid.column("Pupil ID"))
        if pupil_id:
            book.type(grid.sheet, row, grid.column(NOTES), f"note of {pupil_id}")
    school.tracker.write_bytes(book.saved())


def test_case_51_a_source_that_fails_leaves_what_was_known_and_says_from_when_it_is(oak: School) -> None:
    tracker, store = oak.tracker.read_bytes(), kept(oak)
    marks = oak.folder / "mis" / "marks.csv"
    marks.rename(marks.with_suffix(".away"))
    code, said = halfday(oak, "run")
    assert code == Exit.SOURCE
    assert "What is known is from " in said
    assert "the tracker goes on showing it." in said
    assert (oak.tracker.read_bytes(), kept(oak)) == (tracker, store)
    marks.with_suffix(".away").rename(marks)
    assert halfday(oak, "run")[0] == 0, "what it missed is there the next time"
    assert kept(oak) != store


def test_an_amended_mark_is_said(oak: School) -> None:
    assert halfday(oak, "run")[0] == 0
    oak.marks["P02", oak.today - timedelta(days=1)] = "ill"
    oak.tell()
    code, said = halfday(oak, "run")
    assert (code, "A mark of 14 Oct changed from L to I (pupil P02)." in said) == (0, True)


def test_old_marks_that_moved_somebody_are_said(oak: School) -> None:
    for number in range(8, 18):
        on = oak.today - timedelta(days=number)
        if ("P03", on) in oak.marks:
            oak.marks["P03", on] = "holiday"
    oak.tell()
    code, said = halfday(oak, "run")
    assert code == 0, said
    assert [line for line in said.splitlines() if line.startswith("Pupil P03: ")], said


def test_letters_that_wait_for_missing_marks_are_counted(school: Path) -> None:
    opened = config.load(school)
    with Store.open(opened.store) as store:
        day = work_out(store, usable_policy(policy_path(opened.policy)), DEMO_DAY)
    assert not [line for line in summary(day) if "missing marks:" in line]
    one = next(one for one in day.outcomes if one.actions and not one.waiting and one.checklist)
    waiting = replace(one, waits=Waits(actions=frozenset({one.checklist[0].id}), marks=1))
    outcomes = tuple(waiting if other is one else other for other in day.outcomes)
    (said,) = [line for line in summary(replace(day, outcomes=outcomes)) if "missing marks:" in line]
    assert said == "1 letter or step to approve waits for missing marks: Actions lists them."


def test_case_29_another_mis_asks_first_and_then_carries_everything_that_was_typed(oak: School) -> None:
    type_notes(oak)
    assert halfday(oak, "run")[0] == 0
    before = notes(oak)
    assert before == {f"P0{number}": f"note of P0{number}" for number in range(1, 9)}
    for old in before:
        oak.change_id(old, f"N{old}")
    oak.tell()
    tracker, store = oak.tracker.read_bytes(), kept(oak)
    code, said = halfday(oak, "run")
    assert code == Exit.SOURCE
    assert (oak.tracker.read_bytes(), kept(oak)) == (tracker, store)
    key = said.split("--accept ")[1].split()[0]
    assert f"halfday run --school {oak.folder} --accept {key} --who YOUR-NAME" in said

    code, said = halfday(oak, "run", "--accept", key, "--who", "Jo", "--dry-run")
    assert (code, kept(oak), oak.tracker.read_bytes()) == (0, store, tracker), said
    assert f"Taken in all the same, as somebody said: {key}." in said

    code, said = halfday(oak, "run", "--accept", key, "--who", "Jo")
    assert code == 0, said
    assert notes(oak) == {f"N{old}": note for old, note in before.items()}
    with Store.open(config.load(oak.folder).store) as opened:
        assert opened.moved(oak.today) == {old: f"N{old}" for old in before}
        assert opened.broken() == ()
        assert opened._db.execute("SELECT key, who, used IS NOT NULL FROM accepted").fetchall() == [(key, "Jo", 1)]
    assert halfday(oak, "run")[0] == 0, "and then it is as it was"


def test_somebody_has_to_say_so(oak: School) -> None:
    assert halfday(oak, "run", "--accept", "rewritten-2025-09")[0] == Exit.USAGE


def test_an_answer_to_what_was_never_asked_is_refused_and_not_kept(oak: School) -> None:
    code, said = halfday(oak, "run", "--accept", "rewritten-2025-09", "--who", "Jo")
    assert (code, "asked nothing of the last 7 days with rewritten-2025-09" in said) == (Exit.USAGE, True)
    with Store.open(config.load(oak.folder).store) as opened:
        assert opened._db.execute("SELECT count(*) FROM accepted").fetchone() == (0,)


def test_the_words_in_place_of_a_name_are_nobody_s(oak: School) -> None:
    assert halfday(oak, "run", "--accept", "rewritten-2025-09", "--who", "YOUR-NAME")[0] == Exit.USAGE


def test_a_dry_run_asks_the_source_says_what_is_new_and_keeps_nothing(oak: School) -> None:
    tracker, store = oak.tracker.read_bytes(), kept(oak)
    code, said = halfday(oak, "run", "--dry-run")
    assert code == 0
    assert said.startswith("16 new marks.")
    assert (oak.tracker.read_bytes(), kept(oak)) == (tracker, store)


def test_the_school_s_own_calendar_comes_before_the_source_s(oak: School) -> None:
    settings = oak.folder / "halfday.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[source]", 'calendar = "ours.csv"\n[source]'), encoding="utf-8"
    )
    inset = oak.today + timedelta(days=7)
    (oak.folder / "ours.csv").write_text(f"date,kind\n{inset},inset\n", encoding="utf-8")
    assert halfday(oak, "run")[0] == 0
    with Store.open(config.load(oak.folder).store) as opened:
        assert opened.calendar()[inset] == "inset"
    (oak.folder / "ours.csv").write_text(f"date,kind\n{inset},party\n", encoding="utf-8")
    code, said = halfday(oak, "run")
    assert (code, "it can be" in said) == (Exit.SOURCE, True)


def test_a_look_back_does_not_ask_the_source(oak: School) -> None:
    assert halfday(oak, "run")[0] == 0
    later, oak.today = oak.today, oak.today - timedelta(days=1)
    (oak.folder / "mis" / "marks.csv").unlink()
    code, said = halfday(oak, "run")
    assert (code, "stays as it is: a later morning is in it" in said) == (0, True), said
    oak.today = later
    assert halfday(oak, "run")[0] == Exit.SOURCE


@pytest.mark.parametrize(("percent", "code"), [("5", Exit.DONE), ("0", Exit.SETTINGS), ("101", Exit.SETTINGS)])
def test_the_school_says_how_much_of_a_month_may_change_unasked(oak: School, percent: str, code: Exit) -> None:
    settings = oak.folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8").replace("[source]", f"rewritten_percent = {percent}\n[source]")
    settings.write_text(text, encoding="utf-8")
    found, said = halfday(oak, "run", "--dry-run")
    assert (found, "school.rewritten_percent" in said) == (code, code != Exit.DONE)
