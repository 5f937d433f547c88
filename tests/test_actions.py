"""Actions: what has become of each step, by ticks, talks and letters; old ones off the lists; the counts."""

import contextlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from tests.two_way_school import School

from halfday.contacted import Contacted
from halfday.morning import Morning, StageChange
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.policy.outcome import Outcome
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync import cli, config
from halfday_sync.casework.acts import acts, steps_taken, ticked_on
from halfday_sync.casework.clearing import entries_of, to_clear
from halfday_sync.casework.model import Casework, Child, Letter, Minute, SupportPlan
from halfday_sync.casework.steps import Steps, asked_anew
from halfday_sync.entries import ACTIONS, CONTACTS, Entry, Typed, by_row
from halfday_sync.pipeline import work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy

PENCIL = "✎"
DAY = timedelta(days=1)
DAYS = [date(2026, 1, 5) + n * DAY for n in range(100) if (date(2026, 1, 5) + n * DAY).weekday() < 5]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))
POLICY = load(
    """
school = {name = "Test"}
rules = {min_possible = 10}
band = [{name = "All", from = 0}]
stage = [{number = 1, name = "Stage 1", below = 95, actions = ["ring", "write", "meet", "weekly"]}]
action = [
  {id = "ring", title = "Ring", owner = "Office", due = 2, contact = true},
  {id = "write", title = "Write", owner = "Lead", due = 5, needs_approval = true, letter = "x", after = "ring"},
  {id = "meet", title = "Meet", owner = "Lead", due = 10, needs_approval = true, after = "write"},
  {id = "weekly", title = "Check", owner = "Lead", cadence = "weekly"},
]
letter = [{id = "x", title = "X", template = "concern"}]
""",
    "test",
)
BEGAN = DAYS[6]  # Tuesday 13 January: ill since then, stage 1
RING, WRITE, MEET = (f"P|{one}|{DAYS[6 + n]}" for one, n in (("ring", 2), ("write", 5), ("meet", 10)))
Rows = Mapping[str, Mapping[str, Typed]]


def outcome(as_of: date, contacts: list[Contacted], until: int = 12) -> Outcome:
    marks = [
        Mark("P", day, session, "I" if BEGAN <= day < DAYS[until] else "/")
        for day in DAYS
        if day <= as_of
        for session in ("AM", "PM")
    ]
    return evaluate(POLICY, [Pupil("P")], Register.from_marks(marks, ["P"]), CALENDAR, as_of, contacts=contacts)[0]


def steps(at: int, talks: list[date] | None = None, typed: Rows | None = None, listed: tuple[str, ...] = ()) -> Steps:
    """The rows on the morning of the school day `at`."""
    contacts = [Contacted("P", day, outcome="Reason found") for day in talks or []]
    return Steps(
        policy=POLICY,
        calendar=CALENDAR,
        today=DAYS[at],
        outcomes=[outcome(DAYS[at - 1], contacts)],
        typed=typed or {},
        contacts={"P": contacts},
        listed=listed,
    )


def said(found: Steps) -> dict[str, tuple[str, str]]:
    return {row.key: (row.status, row.words) for row in found.rows}


def test_a_stage_becomes_dated_rows_each_with_its_status() -> None:
    assert said(steps(8)) == {
        RING: ("Open", ""),
        WRITE: ("After another step", "First: Ring."),
        MEET: ("After another step", "First: Ring."),
    }
    assert said(steps(9))[RING] == ("Overdue", "")


def test_a_talk_does_its_step_and_says_so_and_so_does_a_letter_that_went() -> None:
    talked = steps(9, [DAYS[7]])
    assert said(talked) == {
        RING: ("Done", "The family was reached on Wed 14 Jan."),
        WRITE: ("Open", ""),
        MEET: ("After another step", "First: Write."),
    }
    child = Child("P", "write", BEGAN, DAYS[11])
    went = replace(talked, letters=[Letter("k", "x", (child,), DAYS[9], sent=DAYS[10])], listed=(WRITE,), outcomes=[])
    assert said(went)[WRITE] == ("Done", "The letter went on Mon 19 Jan.")


def test_what_people_say_comes_before_all_and_a_row_never_goes() -> None:
    typed: Rows = {
        RING: {"done": "Yes", "by": "AB"},
        WRITE: {"done": "No longer needed"},
        "P|gone|2026-01-09": {"note": "x"},
    }
    found = said(steps(9, typed=typed))
    assert (found[RING][0], found[WRITE][0], found["P|gone|2026-01-09"][0]) == (
        "Done",
        "No longer needed",
        "No longer asked",
    )
    assert WRITE in said(replace(steps(9), outcomes=[], listed=(WRITE,)))


def test_a_step_that_was_done_by_a_talk_stays_done_when_it_is_no_longer_asked_for() -> None:
    talked = [Contacted("P", DAYS[7], outcome="Reason found")]
    later = Steps(POLICY, CALENDAR, DAYS[60], [], {}, {"P": talked}, (), (RING, WRITE))
    assert {row.key: row.status for row in later.rows} == {RING: "Done", WRITE: "No longer asked"}
    too_late = [Contacted("P", DAYS[50], outcome="Reason found")]
    assert said(replace(later, contacts={"P": too_late}))[RING][0] == "No longer asked"
    too_early = [Contacted("P", DAYS[5], outcome="Reason found")]
    assert said(replace(later, contacts={"P": too_early}))[RING][0] == "No longer asked"


def test_a_step_that_old_marks_ask_for_only_today_is_not_overdue() -> None:
    here = steps(20)
    change = StageChange(here.outcomes[0], 0, edited=True)
    quiet = Morning(DAYS[20], DAYS[19], DAYS[18], (change,), (), (), (), 0, registers_taken=True)
    anew = asked_anew(quiet, here.outcomes)
    assert anew == {"P": {"stage 1"}}
    assert said(replace(here, anew=anew))[RING] == ("Open", "Asked for only today: old marks were changed.")
    assert said(here)[RING][0] == "Overdue"


def test_the_day_of_an_act_is_the_one_typed_or_of_the_talk_or_on_which_the_tick_was_read() -> None:
    typed: Rows = {RING: {"done": DAYS[8]}, WRITE: {"done": "Yes"}, MEET: {"done": "No longer needed"}}
    found = {act.action: act.day for act in steps_taken(steps(12, typed=typed), {WRITE: DAYS[10]})}
    assert found == {"ring": DAYS[8], "write": DAYS[10]}
    assert {act.action: act.day for act in steps_taken(steps(12, [DAYS[7], DAYS[9]]), {})} == {"ring": DAYS[7]}
    ticked = steps(12, [DAYS[10]], typed={RING: {"done": "Yes"}})
    assert {act.day for act in steps_taken(ticked, {RING: DAYS[8]})} == {DAYS[8]}, "that talk came after the tick"


def test_everything_that_people_do_is_an_act_and_a_try_is_none() -> None:
    casework = Casework(
        contacts=[Contacted("P", DAYS[3], outcome="No answer"), Contacted("P", DAYS[4], outcome="Will call back")],
        letters=[
            Letter("k", "x", (Child("P", "w", BEGAN, BEGAN), Child("Q", "w", BEGAN, BEGAN)), DAYS[5], sent=DAYS[6])
        ],
        plans=[SupportPlan("P1", "P", "plan", begins=DAYS[7], reviewed=(DAYS[8],))],
        minutes=[Minute("M1", DAYS[9], "Weekly meeting", "P", "Keep watching")],
    )
    found = sorted((act.pupil_id, act.day) for act in acts(casework, [], replace(steps(8), outcomes=[])))
    assert found == [("P", DAYS[n]) for n in (4, 6, 7, 8, 9)] + [("Q", DAYS[6])]


# --- Old steps off the lists ------------------------------------------------------------------------------------------


def test_only_old_steps_that_nobody_ticked_are_cleared() -> None:
    typed: Rows = {WRITE: {"done": "Yes"}}
    assert [row.key for row in to_clear(steps(30, typed=typed), DAYS[30])] == [RING, MEET]
    assert [row.key for row in to_clear(steps(30), DAYS[6])] == []


def test_a_talk_is_not_cleared_while_a_letter_that_stays_comes_after_it() -> None:
    """Else the letter would stand on the list the next morning, and nobody would have talked to the family."""
    assert [row.key for row in to_clear(steps(9), DAYS[9])] == []
    assert [row.key for row in to_clear(steps(30), DAYS[12])] == [WRITE]
    assert [row.key for row in to_clear(steps(30), DAYS[30])] == [RING, WRITE, MEET]


def test_a_note_that_is_there_stays() -> None:
    rows = to_clear(steps(30), DAYS[30])
    found = entries_of(rows[:1], "Jo Lamb", frozenset({(RING, "note")}))
    assert found == [
        Entry(ACTIONS, RING, "done", "P", "No longer needed"),
        Entry(ACTIONS, RING, "by", "P", "Jo Lamb"),
    ]


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    """A school on its first morning with Halfday: stages since September, nothing ticked."""
    school = School(tmp_path_factory.mktemp("actions") / "school")
    school.open_its_doors()
    for day in sorted({day for _who, day in school.marks})[4:12]:
        for who in ("P02", "P03", "P04"):
            school.marks[who, day] = "ill"
    school.tell()
    assert school.run()[0] == 0
    return school


def command(school: School, *arguments: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([*arguments, "--school", str(school.folder), "--as-of", school.today.isoformat()])
    return code, " ".join((out.getvalue() + err.getvalue()).split())


def fill(sheet: Any, cells: Mapping[str, Typed], *, at: int) -> str:
    """Types into a row of Actions; its key."""
    titles = {str(cell.value).strip(f" {PENCIL}"): cell.column for cell in sheet[1]}
    for title, value in cells.items():
        sheet.cell(at, titles[title]).value = value
    return str(sheet.cell(at, titles["Entry"]).value)


def _typed(school: School) -> dict[str, dict[str, Typed]]:
    with Store.open(config.load(school.folder).store) as store:
        return by_row(store.entries(ACTIONS), ACTIONS)


def test_the_counts_are_by_owner_without_names(school: School) -> None:
    code, words = command(school, "actions")
    assert code == 0
    assert words.startswith("Steps: overdue ")
    assert "Attendance lead: overdue " in words
    assert not any(pupil.surname in words or pupil.forename in words for pupil in school.pupils.values())


def test_a_dry_run_and_a_wrong_word_change_nothing(school: School) -> None:
    code, words = command(school, "actions", "clear", "--before", "2025-10-13", "--who", "Jo Lamb", "--dry-run")
    assert (code, "Nothing was changed." in words) == (0, True)
    assert " steps of " in words
    for wrong in (("--before", "2026-10-13", "--who", "Jo"), ("--before", "2025-10-13", "--who", " ")):
        code, words = command(school, "actions", "clear", *wrong)
        assert (code, "Nothing was changed." in words) == (2, True)
    assert _typed(school) == {}


def test_cleared_steps_are_off_the_lists_for_good_and_say_who_did_it(school: School, tmp_path: Path) -> None:
    """The request waits for a run, as people's rows are theirs; what they tick until then stays as they ticked it."""
    before = command(school, "actions")[1]
    code, words = command(school, "actions", "clear", "--before", str(school.today), "--who", "Jo Lamb")
    assert (code, "go off the lists with the next run" in words) == (0, True)
    assert (_typed(school), command(school, "actions")[1]) == ({}, before)
    book = load_workbook(school.tracker)
    ticked = fill(book["Actions"], {"Done": "Yes"}, at=2)
    book.save(school.tracker)
    assert school.run()[0] == 0
    typed = _typed(school)
    assert typed.pop(ticked) == {"done": "Yes"}
    assert {row["done"] for row in typed.values()} == {"No longer needed"}
    assert {row["note"] for row in typed.values()} == {"Cleared by Jo Lamb: from before Halfday"}
    assert {row["by"] for row in typed.values()} == {"Jo Lamb"}
    assert "overdue 0" in command(school, "actions")[1]
    again = command(school, "actions", "clear", "--before", str(school.today), "--who", "Jo Lamb")[1]
    assert "is left to do. Nothing was changed." in again
    assert school.run()[0] == 0
    assert _typed(school) == {**typed, ticked: {"done": "Yes"}}, "it stands in the workbook as if typed"
    book = load_workbook(school.tracker)
    back = fill(book["Actions"], {"Done": None}, at=3)
    book.save(school.tracker)
    assert school.run()[0] == 0
    assert "done" not in _typed(school)[back], "taken back by emptying the cell, and not cleared again"
    assert school.fresh(tmp_path / "fresh")


def test_what_a_run_that_failed_began_is_done_by_the_next_one(tmp_path: Path) -> None:
    school = School(tmp_path / "school")
    school.open_its_doors()
    for day in sorted({day for _who, day in school.marks})[4:12]:
        school.marks["P02", day] = "ill"
    school.tell()
    assert school.run()[0] == 0
    command(school, "actions", "clear", "--before", str(school.today), "--who", "Jo Lamb")
    lock = school.tracker.with_name("~$" + school.tracker.name)
    shut = school.tracker.read_bytes()
    school.tracker.write_bytes(b"not a workbook")
    assert school.run()[0] != 0
    school.tracker.write_bytes(shut)
    assert not lock.exists()
    assert school.run()[0] == 0
    assert {row["done"] for row in _typed(school).values()} == {"No longer needed"}


def test_before_and_after_is_said_with_care(school: School) -> None:
    assert command(school, "actions", "impact")[1] == (
        "No action was ticked as done yet, so there is nothing to compare."
    )


def test_steps_follow_a_child_whose_id_changes_and_leave_no_row_behind(tmp_path: Path) -> None:
    school = School(tmp_path / "oak")
    school.open_its_doors()
    school.tell()
    assert school.run()[0] == 0
    rows = {key for key, _ in _rows(school)}
    former = next(key.partition("|")[0] for key in sorted(rows))
    school.change_id(former, "Q77")
    school.tell()
    for _ in range(2):
        assert school.run()[0] == 0
        assert {key for key, _ in _rows(school)} == {key.replace(f"{former}|", "Q77|") for key in rows}
    said = [str(cell.value) for row in load_workbook(school.tracker)["Today"] for cell in row]
    assert not [words for words in said if "does not know this row" in words]


def _rows(school: School) -> list[tuple[str, str]]:
    """Key and status of each row of Actions."""
    head, *rows = load_workbook(school.tracker)["Actions"].iter_rows(values_only=True)
    return [(str(row[head.index("Entry")]), str(row[head.index("Status")])) for row in rows if row[head.index("Entry")]]


def test_a_talk_on_contacts_ticks_off_the_talk_of_a_real_policy(tmp_path: Path) -> None:
    """Through the store and the pipeline: the letter of Stanton Road is asked for once the family was reached."""
    school = School(tmp_path / "stanton")
    school.open_its_doors(3)
    settings = school.folder / "halfday.toml"
    settings.write_text(settings.read_text("utf-8").replace('"little/policy.toml"', '"stanton-road"'), encoding="utf-8")
    for day in sorted({day for _who, day in school.marks})[-3:]:
        school.marks["P02", day] = "ill"
    school.tell()
    assert school.run()[0] == 0
    found = config.load(school.folder)
    policy = usable_policy(policy_path(found.policy, found.folder))
    at = datetime(2025, 10, 13, 9, tzinfo=UTC)
    with Store.open(found.store) as store:
        one = next(one for one in work_out(store, policy, school.today).outcomes if one.pupil.pupil_id == "P02")
        talk = next(a for a in one.checklist if policy.action[a.id].contact and a.cadence == "once")
        letters = [a.id for a in one.later if policy.action[a.id].letter]
        assert letters
        row: dict[str, Typed] = {"date": school.today, "pupil_id": "P02", "what": "Call", "outcome": "Reason found"}
        store.note([Entry(CONTACTS, "C1", column, "P02", said) for column, said in row.items()], seen_at=at)
        one = next(one for one in work_out(store, policy, school.today).outcomes if one.pupil.pupil_id == "P02")
        assert {a.id for a in one.checklist} >= {*letters}
        assert talk.id not in {a.id for a in one.checklist}
    code, words = command(school, "actions")
    assert (code, "after another step" in words) == (0, True)
    assert "done; done" not in command(school, "why", "P02")[1]


def test_a_tick_was_made_on_the_day_of_the_run_that_read_it_first() -> None:
    class Line:
        pupil_id = ""
        seen_at = datetime(2026, 3, 3, 8, tzinfo=UTC)

        def __init__(self, key: str, value: Typed, run: int | None, column: str = "done", kind: str = "text") -> None:
            self.key, self.value, self.run, self.column, self.kind = key, value, run, column, kind

    lines = [
        Line("a", "Yes", 1),
        Line("a", "Yes, by post", 2),
        Line("b", "Yes", 1),
        Line("b", None, 2),
        Line("c", "Yes", None),
        Line("d", "Yes", 1, "note"),
    ]
    days = {1: DAYS[1], 2: DAYS[2]}
    assert ticked_on(lines, days, {}) == {"a": DAYS[1], "c": date(2026, 3, 3)}
    former, now = f"P|ring|{DAYS[0]}", f"Q|ring|{DAYS[0]}"
    carried = [Line(former, "Yes", 1), Line(former, "Q", 2, kind="moved"), Line(now, "Yes", 2)]
    assert ticked_on(carried, days, {"P": "Q"}) == {now: DAYS[1]}, "when the id changes, nobody ticks anything"
