"""An old mark that changed is named together with what it moved; a change that moves nothing is not talked about."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.little_school import little_school
from tests.two_way_school import BEGIN, School, run

from halfday.policy.load import load
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.restated import AmendedMark, Past, Restated, restated, settled_marks
from halfday.school_year import Calendar
from halfday_sync import cli, config
from halfday_sync.pipeline import Day, restated_lines, work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook.today import sections

POLICY = load(
    """
school = {name = "Test"}
rules = {min_possible = 4}
band = [{name = "All", from = 0}]
stage = [{number = 1, name = "Stage 1", below = 95}, {number = 2, name = "Stage 2", below = 85}]

[[trigger]]
id = "leave"
title = "Leave without permission"
when = "code.G >= 2"

[[trigger]]
id = "reason"
title = "Three days without a reason"
when = "unexplained_days >= 1"
""",
    "test",
)
DAYS = [date(2025, 9, 29), date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3)]
CALENDAR = Calendar.from_days(DAYS)
KEYS = [(day, session) for day in DAYS for session in (AM, PM)]


def register(codes: str, pupil_id: str = "1") -> Register:
    return Register.from_marks(
        Mark(pupil_id, *key, code) for key, code in zip(KEYS, codes.split(), strict=True) if code != "."
    )


def told(before: str, after: str, day: date = DAYS[-1]) -> tuple[Restated, ...]:
    """What is said of a pupil whose ten marks of a week were believed to be these, and now are those."""
    changed = [
        AmendedMark("1", *key, old.replace(".", ""), new)
        for key, old, new in zip(KEYS, before.split(), after.split(), strict=True)
        if old != new
    ]
    return restated(POLICY, [Pupil("1")], register(after), CALENDAR, Past(day, register(before), changed))


AWAY = "changed from present to I"
GONE, NEW = (f'the trigger "Leave without permission" {what}' for what in ("no longer holds", "holds now"))
BACK, CAME, DOWN = "changed from G to present", "changed from I to present", "Stage 2 → Stage 1"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("/ / / / / / / / N N", "/ / / / / / / / / N", "a mark of 3 Oct changed from N to present: Stage 2 → Stage 1"),
        ("/ / / / / / / / G G", "/ / / / / / / / / /", f"2 marks of 3 Oct {BACK}: Stage 2 → No stage; {GONE}"),
        ("/ / / / / / / / I I", "/ / / / / / / / G G", f"2 marks of 3 Oct changed from I to G: {NEW}"),
        ("/ / / / / / / / / -", "/ / / / / / / / / I", "a mark of 3 Oct came in late (I): No stage → Stage 1"),
        ("/ / / / / / / / / .", "/ / / / / / / / / I", "a mark of 3 Oct came in late (I): No stage → Stage 1"),
        ("/ / / / / / / / I /", "/ / / / / / / / - /", "a mark of 3 Oct changed from I to no mark: Stage 1 → No stage"),
        ("/ / / / / / I / I I", "/ / / / / / / / / I", f"2 marks (2 and 3 Oct) {CAME}: {DOWN}"),
        (r"/ \ / \ / / / / / /", "I I I I / / / / / /", f"4 marks (29 and 30 Sep) {AWAY}: No stage → Stage 2"),
        (r"/ \ / / / / / / / /", "I / / / / / I / / /", f"2 marks (29 Sep and 2 Oct) {AWAY}: No stage → Stage 2"),
        (r"/ \ / / / / / / / /", "I / I / / / I / / /", f"3 marks (29 Sep to 2 Oct) {AWAY}: No stage → Stage 2"),
        ("N I / / L / / / / -", "/ / / / / / / / / I", f"4 marks (29 Sep to 3 Oct) changed or came in late: {DOWN}"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_marks_and_what_moved(before: str, after: str, sentence: str) -> None:
    (found,) = told(before, after)
    assert found.sentence == sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/ / / / / / / / N N", "/ / / / / / / / I I"),  # a reason was found: that is the work of every day
        ("/ / / / / / / / / /", "/ / / / / / / L / /"),
        ("/ / / / / / / / / .", "/ / / / / / / / / -"),  # Halfday itself noted that there is no mark yet
    ],
)
def test_a_change_that_moves_no_stage_and_no_trigger_is_not_told(before: str, after: str) -> None:
    assert told(before, after) == ()


def test_marks_after_the_day_that_was_shown_are_not_old_marks() -> None:
    assert told("/ / / / / / / / N N", "/ / / / / / / / / /", day=DAYS[3]) == ()


def test_of_several_changes_the_first_and_the_last_count_and_one_taken_back_is_none() -> None:
    day = DAYS[0]
    rows = [
        AmendedMark("1", day, AM, "N", "I"),
        AmendedMark("1", day, AM, "I", "/"),
        AmendedMark("1", day, PM, "", "-"),
    ]
    assert settled_marks(rows, day) == {"1": (AmendedMark("1", day, AM, "N", "/"),)}
    assert settled_marks([*rows, AmendedMark("1", day, AM, "/", "N")], day) == {}
    late = [*rows, AmendedMark("1", day, PM, "-", "I")]
    assert settled_marks(late, day)["1"][1] == AmendedMark("1", day, PM, "", "I")


# --- through the store, from morning to morning ----------------------------------------------------------------------


@pytest.fixture
def oak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    """A school whose first tracker was made. The clock shows the morning of its day, five minutes from call to call."""
    minutes = count(step=5)
    school = School(tmp_path / "oak")
    late = timedelta(days=1)

    def now(_zone: object) -> datetime:
        day = max(school.today, max(day for _who, day in school.marks) if school.marks else school.today, BEGIN)
        return datetime.combine(day, time(7), UTC) + timedelta(minutes=next(minutes)) % late

    monkeypatch.setattr(cli, "datetime", SimpleNamespace(now=now))
    school.open_its_doors()
    school.go_on(["here"])
    school.tell()
    assert school.run()[0] == 0
    return school


def next_morning(school: School) -> str:
    """The next school day, and what its run said."""
    school.go_on(["here"])
    school.tell()
    code, said = school.run()
    assert code == 0, said
    return said


def worked_out(school: School) -> Day:
    found = config.load(school.folder)
    with Store.open(found.store) as store:
        return work_out(store, usable_policy(policy_path(found.policy, found.folder)), school.today)


def amend(school: School, pupil_id: str, word: str, days: int) -> list[date]:
    """The last days before yesterday that this pupil was here become something else in the MIS."""
    past = [day for who, day in school.marks if who == pupil_id and day < school.today][-days - 1 : -1]
    for day in past:
        school.marks[pupil_id, day] = word
    return past


def test_marks_that_the_office_changed_are_told_the_next_morning_and_all_that_day(oak: School) -> None:
    days = amend(oak, "P01", "ill", 4)
    said = next_morning(oak)
    first = worked_out(oak)
    (line,) = restated_lines(first)
    span = f"8 marks ({days[0].day} to {days[-1].day} {days[-1]:%b})"
    assert line.startswith(f"Pupil P01: {span} changed from present to I: No stage → Stage")
    assert line in said.splitlines()
    assert "Fore" not in said
    assert oak.run()[0] == 0  # again at noon: still told
    assert worked_out(oak).morning.restated == first.morning.restated
    next_morning(oak)
    assert restated_lines(worked_out(oak)) == []


def test_a_run_that_was_refused_or_that_was_missed_loses_no_change(oak: School) -> None:
    amend(oak, "P01", "ill", 4)
    oak.go_on(["here"])
    oak.tell()
    marks = oak.folder / "mis" / "marks.csv"
    good = marks.read_bytes()
    marks.write_bytes(b"pupil_id,date,session,code\nP01,2025-10-14,AM,?\n")
    assert oak.run()[0] == 4
    marks.write_bytes(good)
    oak.go_on(["here"], days=2)
    oak.tell()
    assert oak.run()[0] == 0
    assert len(restated_lines(worked_out(oak))) == 1


def test_a_morning_of_the_past_says_nothing_of_changes_that_came_later(oak: School) -> None:
    before = oak.today
    amend(oak, "P01", "ill", 4)
    next_morning(oak)
    oak.today = before
    assert worked_out(oak).morning.restated == ()


def test_a_run_for_a_day_to_come_or_of_the_past_neither_silences_nor_swallows_a_change(oak: School) -> None:
    """Somebody looks ahead by a week, and back by a day; the change that the MIS tells in that pull is told later."""
    amend(oak, "P01", "ill", 4)
    oak.tell()
    here = oak.today
    assert run(oak.folder, here + timedelta(days=7))[0] == 0
    code, said = run(oak.folder, here - timedelta(days=1))
    assert (code, "Pupil P01" in said) == (0, False)
    next_morning(oak)
    (line,) = restated_lines(worked_out(oak))
    assert line.startswith("Pupil P01: 8 marks")


def test_a_pupil_whose_id_changes_in_the_night_in_which_marks_do_is_told_under_the_new_id(oak: School) -> None:
    amend(oak, "P01", "ill", 4)
    oak.change_id("P01", "N77")
    next_morning(oak)
    found = worked_out(oak)
    (line,) = restated_lines(found)
    assert line.startswith("Pupil N77: 8 marks")
    (change,) = [one for one in found.morning.changes if one.outcome.pupil.pupil_id == "N77"]
    assert (change.before, change.edited) == (0, True)


def test_a_new_id_alone_is_no_change_of_marks(oak: School) -> None:
    oak.change_id("P01", "N77")
    next_morning(oak)
    found = worked_out(oak).morning
    assert (found.restated, found.changes) == ((), ())


def test_a_pupil_is_told_once_where_the_policy_changed_in_the_same_night(oak: School) -> None:
    amend(oak, "P01", "ill", 4)
    policy = oak.folder / "little" / "policy.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("weeks    = 6", "weeks    = 7"), encoding="utf-8")
    next_morning(oak)
    found = worked_out(oak).morning
    assert found.policy_changed
    assert [one.pupil_id for one in found.restated] == ["P01"]
    assert [one.edited for one in found.changes if one.outcome.pupil.pupil_id == "P01"] == [True]


@pytest.mark.parametrize("change", ["enrolment = 'G'", "end_date = '2025-10-13'"])
def test_guests_and_leavers_are_not_told(oak: School, change: str) -> None:
    amend(oak, "P01", "ill", 4)
    next_morning(oak)
    assert len(restated_lines(worked_out(oak))) == 1
    with contextlib.closing(sqlite3.connect(config.load(oak.folder).store)) as db, db:
        db.execute(f"UPDATE pupil SET {change} WHERE pupil_id = 'P01'")
    assert restated_lines(worked_out(oak)) == []


# --- on the page -----------------------------------------------------------------------------------------------------


def test_today_names_the_marks_what_moved_the_class_and_what_to_do_now() -> None:
    view = little_school()
    pupil = view.outcomes[0].pupil
    mark = AmendedMark(pupil.pupil_id, date(2025, 10, 3), AM, "N", "I")
    rows = (
        Restated(pupil.pupil_id, date(2025, 10, 15), (mark,), 2, 1),
        Restated(view.outcomes[1].pupil.pupil_id, date(2025, 10, 15), (mark,), 1, 1, gone=("Warning letter",)),
        Restated("gone", date(2025, 10, 15), (mark,), 1, 0),
    )
    shown = sections(replace(view, morning=replace(view.morning, restated=rows, changes=())))
    section = next(one for one in shown if one.id == "edited")
    assert "Old marks that were changed, and what they moved (2)" in section.heading
    assert [line.values["change"] for line in section.lines] == ["Stage 2 → Stage 1", "Trigger gone"]
    assert section.lines[0].values["why"] == "A mark of 3 Oct changed from N to I: Stage 2 → Stage 1."
    assert section.lines[0].values["class"] == pupil.class_name
    assert section.lines[0].values["now"]
    assert 'the trigger "Warning letter" no longer holds' in str(section.lines[1].values["why"])


def test_a_pupil_whose_change_is_explained_by_marks_is_listed_once() -> None:
    view = little_school()
    edited = next(change for change in view.morning.changes if change.edited)
    who = edited.outcome.pupil.pupil_id
    mark = AmendedMark(who, date(2025, 10, 3), AM, "N", "I")
    row = Restated(who, date(2025, 10, 15), (mark,), edited.before, edited.outcome.stage)
    section = next(
        one for one in sections(replace(view, morning=replace(view.morning, restated=(row,)))) if one.id == "edited"
    )
    assert [line.key.split("|")[:2] for line in section.lines] == [[who, "restated"]]
