"""Through a whole run: a register without rows holds letters up, in cells as in the engine; a tick ends the wait."""

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

from tests.two_way_school import School

from halfday import cells, functions
from halfday.policy.waiting import Wait, Waits
from halfday_sync import config
from halfday_sync.entries import ACTIONS
from halfday_sync.pipeline import Day, view_of, work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook.actions_sheet import action_rows
from halfday_sync.workbook.view import View

TWO = """
[[trigger]]
id = "two"
title = "Missed two sessions"
when = "absent == 2"
actions = ["letter"]
"""
"""A letter that one more absence would take back."""


def told_without(school: School, gone: set[tuple[str, date]]) -> None:
    """The MIS writes its files, and leaves out the afternoons of some pupils on some days."""
    school.tell()
    marks = school.folder / "mis" / "marks.csv"
    lines = marks.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [line for line in lines if not any(line.startswith(f"{who},{day},PM") for who, day in gone)]
    assert len(left) == len(lines) - len(gone)
    marks.write_text("".join(left), encoding="utf-8")


def shown(school: School) -> tuple[Day, View]:
    found = config.load(school.folder)
    with Store.open(found.store) as store:
        day = work_out(store, usable_policy(policy_path(found.policy, found.folder)), school.today)
        return day, view_of(found, store, day, now=store.runs()[-1].started, live=False)


def opened(folder: Path, away: int, days: int = 2) -> tuple[School, date]:
    """A school in which P01 is ill on the last days, and has no row in an afternoon just before them."""
    school = School(folder)
    school.open_its_doors()
    with (school.folder / "little" / "policy.toml").open("a", encoding="utf-8") as policy:
        policy.write(TWO)
    school.go_on(["here"], days=days)
    past = [day for who, day in school.marks if who == "P01" and day < school.today]
    for day in past[-away:]:
        school.marks["P01", day] = "ill"
    gap = past[-away - 1]
    told_without(school, {("P01", gap)})
    code, said = school.run()
    assert code == 0, said
    return school, gap


def test_a_mark_without_a_row_is_missing_for_the_engine_the_cells_and_the_words(tmp_path: Path) -> None:
    waited = 0
    for away, days in product((1, 2), (2, 3)):
        school, gap = opened(tmp_path / f"{away}-{days}", away, days)
        day, view = shown(school)
        one = view.outcome["P01"]
        assert one.waits.missing == ((gap, "PM"),)
        assert one.ytd.missing == 1
        assert all(not other.waits.marks for who, other in view.outcome.items() if who != "P01")
        row = (list(view.marks["P01"]), view.policy_text, view.calendar_text, day.settled)
        facts = cells.facts_told(view.policy, one, (), view.flags)
        assert functions.ATT_WHY(*row, facts) == one.why
        assert functions.ATT_ACTIONS(*row, facts) == "\n".join(map(functions.action_words, one.checklist))
        for action in one.waiting:
            waited += 1
            assert f"1 mark is missing ({gap:%a} {gap.day} {gap:%b}, afternoon): with it" in one.why
            assert one.waits.words(action.id).endswith(f": 1 mark missing ({gap:%a} {gap.day} {gap:%b}, afternoon)")
    assert waited


def test_an_export_with_one_class_makes_nobody_elses_marks_missing(tmp_path: Path) -> None:
    school = School(tmp_path / "oak")
    school.open_its_doors()
    school.go_on(["here"], days=2)
    last = max(day for _who, day in school.marks if day < school.today)
    told_without(school, {(who, last) for who, one in school.pupils.items() if one.class_name == "Birch"})
    code, said = school.run()
    day, _view = shown(school)
    assert code == 0, said
    assert not any(one.waits.marks for one in day.outcomes)


def test_a_row_that_waits_says_for_what_and_can_be_ticked(tmp_path: Path) -> None:
    school, gap = opened(tmp_path / "oak", 3)
    _day, view = shown(school)
    one = view.outcome["P01"]
    letter = next((action for action in one.left if action.cadence == "once" and action.due), None)
    assert letter is not None
    assert letter.due is not None
    waits = Waits(1, frozenset({letter.id}), missing=one.waits.missing, each=(Wait(letter.id, gap, is_long=True),))
    view = replace(view, outcomes=[replace(one, waits=waits)])
    key, values, _typed = next(row for row in action_rows(view) if f"|{letter.id}|" in row[0])
    mark = f"1 mark missing ({gap:%a} {gap.day} {gap:%b}, afternoon)"
    since = f"Waits since {gap:%a} {gap.day} {gap:%b}"
    assert values["status"] == "Waits"
    assert values["action"] == f"{letter.title}\n{since}: {mark}: complete it in the MIS, or decide without it"
    done = replace(view, staff={(ACTIONS, key, "done"): "Yes"})
    ticked = next(row for row in action_rows(done) if row[0] == key)[1]
    assert (ticked["status"], ticked["action"]) == ("Done", letter.title)
    assert [action.id for action in one.waiting_rows] == [
        action.id for action in one.waiting if action.cadence == "once" and action.due
    ]
