"""Today answers who, why and what now; every row leads to its pupil, can be ticked, and says what was ticked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests import libreoffice
from tests.libreoffice import Office
from tests.little_school import OFFICE, little_school

from halfday.missing import Chase, HalfClosed, MissingMarks, NotTaken
from halfday.morning import Review, Unexplained, could_come_down, morning
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Due, Outcome
from halfday.policy.waiting import Waits
from halfday.register import AM, PM, Mark, Register, SessionKey
from halfday_sync.entries import ACTIONS, CONTACTS, STATUTORY, TRACKER, Edit, Problem
from halfday_sync.workbook import statutory
from halfday_sync.workbook.actions_sheet import action_rows
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.freshness import words
from halfday_sync.workbook.layout import STAFF, number
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Link
from halfday_sync.workbook.tick_rows import packed
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.tracker_link import link_formula
from halfday_sync.workbook.view import View

office, bare_office, extension_file = libreoffice.office, libreoffice.bare_office, libreoffice.extension_file
KEY = re.compile(r"[^|]+\|[^|]+\|(\d{4}-\d\d-\d\d|-)")
HOSTILE = "O\"Brien =cmd|' /C calc'!A0 SORT(1) & <b> {1} ~*?"


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


def _section(view: View, name: str) -> Section:
    return next(section for section in sections(view) if section.id == name)


def _ids(view: View) -> list[str]:
    return [section.id for section in sections(view)]


def _names(section: Section) -> list[str]:
    return [line.values["pupil"].pupil_id for line in section.lines if isinstance(line.values["pupil"], Link)]


def _page(view: View, name: str = "Today") -> Any:
    return load_workbook(BytesIO(tracker_bytes(view, OFFICE)), data_only=True)[name]


def _away(view: View, pupil_id: str, day: int, family: Sequence[str] = ()) -> Unexplained:
    contact = next(one for one in view.policy.contacts if one.day == day)
    return Unexplained(view.pupil[pupil_id], day, 2 * day, view.today, contact, (), tuple(family), 0)


# --- sections and their numbers


def test_rare_sections_stand_there_only_when_there_is_something(view: View) -> None:
    usual = ["changes", "visits", "calls", "tell", "letters", "steps", "due", "idle", "duties", "old_n"]
    quiet = replace(view, morning=replace(view.morning, changes=(), chase=Chase(), review=None))
    assert _ids(quiet) == usual
    full = replace(
        quiet,
        edits=[Edit(TRACKER, "P03", "band", "Fine")],
        problems=[Problem("Put this right.")],
        kept=["Bus pass?"],
        morning=replace(quiet.morning, review=Review(view.today, 0, ("P03",))),
    )
    assert _ids(full) == [*usual[:4], "reviews", *usual[4:], "problems", "edits", "kept"]


def test_sections_are_numbered_and_speak_of_each_other_by_number(view: View) -> None:
    shown = sections(view)
    assert [section.heading.split("   ")[0] for section in shown] == [str(n) for n in range(1, len(shown) + 1)]
    brother = _away(view, "P04", 1, ["P05"])
    away = replace(
        view.morning, calls=(_away(view, "P05", 2, ["P04"]), brother), visits=(_away(view, "P05", 2, ["P04"]),)
    )
    told = _section(replace(view, morning=away), "calls").notes
    place = _ids(view).index("visits") + 1
    assert any(f"they stand beside a brother or sister in section {place}" in note for note in told)


def test_the_big_figures_lead_to_their_sections(view: View) -> None:
    sheet = load_workbook(BytesIO(tracker_bytes(view, OFFICE)))["Today"]
    links = [cell.value for row in sheet["A1:I8"] for cell in row if str(cell.value).startswith('=HYPERLINK("#A')]
    assert len(links) == 5
    for link in links:
        place = re.search(r'"#A(\d+)"', link)
        assert place
        assert re.match(r"\d+   ", sheet[f"A{place[1]}"].value)


def test_notes_share_lines_and_are_never_cut() -> None:
    assert packed(["One.", "Two.", "x" * 200, "Three."]) == ["One. Two.", "x" * 200, "Three."]


# --- calls and visits


def test_a_child_stands_in_calls_or_in_visits_and_never_in_both(view: View) -> None:
    visits, calls = _section(view, "visits"), _section(view, "calls")
    assert _names(visits) == ["P06"]
    assert not set(_names(visits)) & set(_names(calls))
    listed = {*_names(visits), *_names(calls)}
    beside = {brother for row in view.morning.calls if row.pupil.pupil_id in listed for brother in row.family}
    assert {row.pupil.pupil_id for row in view.morning.calls} <= listed | beside


def test_brothers_and_sisters_share_a_call_and_stand_together_among_visits(view: View) -> None:
    rows = (_away(view, "P04", 3, ["P05"]), _away(view, "P06", 3), _away(view, "P05", 2, ["P04"]))
    both = replace(view, morning=replace(view.morning, calls=rows, visits=rows))
    assert _names(_section(both, "visits")) == ["P04", "P05", "P06"]
    first = tuple(replace(row, day=1) for row in rows)
    calls = _section(replace(view, morning=replace(view.morning, calls=first, visits=())), "calls")
    assert _names(calls) == ["P04", "P06"]
    assert calls.heading.endswith("(2 calls for 3 children)")


def test_a_page_before_the_registers_says_so_in_both_lists(view: View) -> None:
    early = replace(view, morning=replace(view.morning, calls=(), visits=(), registers_taken=False))
    assert all("not in yet" in _section(early, name).empty for name in ("visits", "calls"))
    free = replace(view, morning=replace(view.morning, calls=(), visits=(), is_school_day=False))
    assert all(_section(free, name).empty == "There is no school today." for name in ("visits", "calls"))


# --- what was ticked


def test_every_row_that_can_be_ticked_has_a_key_of_its_own(view: View) -> None:
    keys = []
    for section in sections(_busy(view)):
        for line in section.lines:
            if any(column.owner == STAFF for column in section.columns):
                assert KEY.fullmatch(line.key)
            keys += [line.key] if line.key else []
    assert len(set(keys)) == len(keys)


def _busy(view: View) -> View:
    edits = [Edit(TRACKER, "P03", column, "x") for column in ("band", "stage")]
    return replace(view, edits=edits, problems=[Problem("One.", "P03"), Problem("Two.", "P03")], waiting=["P03"])


def test_what_was_ticked_stands_there_again(view: View) -> None:
    typed: dict[tuple[str, str, str], Any] = {}
    day = date(2025, 10, 16)
    for section in sections(view):
        for line in section.lines[:1]:
            for (place, column), value in _answers(section, day).items():
                typed[place, line.key, column] = value
    again = replace(view, staff=typed)
    sheet = _page(again)
    rows = {row[9].value: row for row in sheet.iter_rows() if row[9].value}
    seen = set()
    for (place, key, column), value in typed.items():
        if place == STATUTORY:
            continue
        seen.add(place)
        found = rows[key][number("I" if column == "note" else "H")]
        stored = found.value.date() if isinstance(found.value, datetime) else found.value
        assert stored == value
        assert not found.protection.locked
    assert seen == {CONTACTS, ACTIONS}


def _answers(section: Section, day: date) -> dict[tuple[str, str], Any]:
    columns = {column.key for column in section.columns if column.owner == STAFF}
    if "outcome" in columns:
        return {(CONTACTS, "outcome"): "No answer", (CONTACTS, "note"): '=1+1 "quoted"'}
    if "done" in columns:
        return {(ACTIONS, "done"): day, (ACTIONS, "note"): "Part of it"}
    return {(STATUTORY, "decision"): "Support first"} if "decision" in columns else {}


def test_a_step_that_is_done_is_counted_and_no_longer_listed(view: View) -> None:
    section = next(s for s in sections(view) if s.id in {"due", "steps"} and s.lines)
    line = next(line for line in section.lines if "(old marks)" not in str(line.values["due"]))
    pupil_id, action, due = line.key.split("|")
    done = frozenset({(action, date.fromisoformat(due))})
    outcomes = [replace(o, done=done) if o.pupil.pupil_id == pupil_id else o for o in view.outcomes]
    after = _section(replace(view, outcomes=outcomes), section.id)
    assert line.key not in {line.key for line in after.lines}
    assert any("1 step of these days is done: on Actions." in note for note in after.notes)


def test_what_must_be_approved_stands_apart_from_what_is_due(view: View) -> None:
    soon = view.calendar.add_school_days(view.today, 1)
    asked = (
        Due("letter", "Send it", "Lead", soon, needs_approval=True),
        Due("refer", "Refer", "Lead", soon, needs_approval=True),
        Due("talk", "Talk", "", soon, needs_approval=False),
    )
    outcomes = [replace(view.outcomes[0], actions=asked), *view.outcomes[1:]]
    told = {name: _section(replace(view, outcomes=outcomes), name) for name in ("steps", "due")}
    key = view.outcomes[0].pupil.pupil_id
    assert f"{key}|refer|{soon}" in {line.key for line in told["steps"].lines}
    assert f"{key}|talk|{soon}" in {line.key for line in told["due"].lines}
    assert not any("|letter|" in line.key for section in told.values() for line in section.lines), "letters stand apart"
    assert not {line.key for line in told["steps"].lines} & {line.key for line in told["due"].lines}


def test_what_comes_after_another_step_is_counted_and_has_a_row_that_says_what_comes_first(view: View) -> None:
    soon = view.calendar.add_school_days(view.today, 1)
    asked = (
        Due("talk", "Talk", "", soon, needs_approval=False),
        Due("refer", "Refer", "Lead", soon, needs_approval=True),
        Due("check", "Check", "Lead", soon, needs_approval=False),
    )
    first = {"refer": "Talk", "check": "Refer"}
    told = replace(view, outcomes=[replace(view.outcomes[0], actions=asked, first=first), *view.outcomes[1:]])
    for name in ("steps", "due"):
        section = _section(told, name)
        assert not any("|refer|" in line.key or "|check|" in line.key for line in section.lines)
        words = "1 more comes after another step: on Actions (status After another step)."
        assert any(words in note for note in section.notes)
    rows = {key.split("|")[1]: values for key, values, _typed in action_rows(told)}
    assert (rows["talk"]["status"], rows["refer"]["status"]) == ("Open", "After another step")
    assert rows["refer"]["action"] == "refer\nFirst: Talk."


def _waiting(view: View) -> View:
    """The first pupil's letter is due tomorrow and waits for two missing marks, and so does a national duty."""
    soon = view.calendar.add_school_days(view.today, 1)
    asked = Due("later", "Send it", "Lead", soon, needs_approval=True)
    held = next(one for one in view.outcomes if any(duty.id == "penalty-threshold" for duty in one.duties))
    waits = Waits(2, frozenset({"later"}), frozenset({"penalty-threshold"}))
    outcomes = [replace(one, actions=(asked,), waits=waits) if one is held else one for one in view.outcomes]
    am = SessionKey(date(2025, 10, 14), AM)
    chase = Chase(missing=(MissingMarks("Ash", ((am, 2),)),))
    return replace(view, outcomes=outcomes, morning=replace(view.morning, chase=chase))


def test_a_letter_that_waits_for_missing_marks_is_counted_and_not_listed(view: View) -> None:
    told = _waiting(view)
    letters = _section(told, "steps")
    assert not any("|later|" in line.key for line in letters.lines)
    place = _ids(told).index("problems") + 1
    note = f"1 more waits for missing marks: on Actions (status Waits). The marks are listed in section {place}."
    assert any(note in said for said in letters.notes)
    assert not any("missing marks" in said for said in _section(told, "due").notes)
    assert not any("[chase]" in said for section in sections(told) for said in section.notes)


def test_a_letter_that_waits_has_a_row_on_actions_that_says_so_until_it_is_ticked(view: View) -> None:
    told = _waiting(view)
    (key, values, _typed) = next(row for row in action_rows(told) if "|later|" in row[0])
    assert values["status"] == "Waits"
    done = replace(told, staff={(ACTIONS, key, "done"): "Yes"})
    assert next(row for row in action_rows(done) if row[0] == key)[1]["status"] == "Done"


def test_a_duty_that_waits_for_missing_marks_stands_on_statutory_only(view: View) -> None:
    told = _waiting(view)
    duties = _section(told, "duties")
    who = next(one.pupil.pupil_id for one in told.outcomes if one.waits.duties)
    assert not any(line.key.startswith(f"{who}|penalty-threshold") for line in duties.lines)
    assert any("1 more waits for missing marks: on Statutory" in said for said in duties.notes)
    lines = [line for section in statutory.sections(told) for line in section.lines]
    (line,) = [line for line in lines if line.key.startswith(f"{who}|penalty-threshold")]
    assert str(line.values["figures"]).endswith("Wait for 2 missing marks: with them this might not hold.")


def test_long_lists_are_cut_and_the_rest_is_counted(view: View) -> None:
    soon = view.calendar.add_school_days(view.today, 1)
    asked = tuple(Due(f"a{n}", f"Step {n}", "", soon, needs_approval=False) for n in range(30))
    many = replace(view, outcomes=[replace(view.outcomes[0], actions=asked)])
    due = _section(many, "due")
    assert (len(due.lines), due.count) == (12, 30)
    assert "(first 12 of 30)" in due.heading
    assert any("18 more: on Actions" in note for note in due.notes)


# --- duties


def test_a_duty_stays_until_somebody_considered_it_here_or_on_statutory(view: View) -> None:
    before = _section(view, "duties")
    assert before.lines
    key = before.lines[0].key
    for column, value in (("considered", date(2025, 10, 17)), ("decision", "Support first")):
        after = replace(view, staff={(STATUTORY, key, column): value})
        assert key not in {line.key for line in _section(after, "duties").lines}
        assert any("1 considered already" in note for note in _section(after, "duties").notes)
        row = next(row for row in _page(after, "Statutory").iter_rows() if row[8].value == key)
        assert (row[6].value or row[7].value) is not None
        assert not row[6].protection.locked


def test_every_kind_of_duty_is_seen_even_where_one_kind_is_frequent(view: View) -> None:
    met = next(outcome for outcome in view.outcomes if any(d.id == "penalty-threshold" for d in outcome.duties))
    many = [_copy(met, n) for n in range(20)]
    crowded = _section(replace(view, outcomes=[*view.outcomes, *many]), "duties")
    kinds = {line.key.split("|")[1] for line in _section(view, "duties").lines}
    assert {line.key.split("|")[1] for line in crowded.lines} == kinds
    assert "(first 8 of " in crowded.heading


def _copy(outcome: Outcome, n: int) -> Outcome:
    only = tuple(duty for duty in outcome.duties if duty.id == "penalty-threshold")
    return replace(outcome, pupil=replace(outcome.pupil, pupil_id=f"X{n}"), duties=only)


def test_rows_of_statutory_have_keys(view: View) -> None:
    lines = [line for section in statutory.sections(view) for line in section.lines]
    assert lines
    assert all(KEY.fullmatch(line.key) for line in lines)
    assert len({line.key for line in lines}) == len(lines)
    sheet = load_workbook(BytesIO(tracker_bytes(view, OFFICE)))["Statutory"]
    assert sheet.column_dimensions["I"].hidden
    assert {line.key for line in lines} == {cell.value for cell in sheet["I"] if cell.value}


# --- reviews


def _decision(view: View, kind: str, until: date) -> Decision:
    return Decision("P03", kind, view.today - timedelta(days=9), until, "Because", "Head", stage=1)


@pytest.mark.parametrize(
    ("days", "says"), [(-1, "It ended on Thu 16 Oct."), (0, "It ends on Fri 17 Oct."), (7, "It ends on Fri 24 Oct.")]
)
def test_a_hold_that_ends_about_now_is_listed_with_its_reason(view: View, days: int, says: str) -> None:
    held = replace(view, decisions=(_decision(view, "hold", view.today + timedelta(days=days)),))
    (line,) = _section(held, "reviews").lines
    assert str(line.values["now"]).startswith(says)
    assert line.values["reason"] == "Because (Head)"


def test_a_hold_that_ended_long_ago_or_goes_on_is_not_listed(view: View) -> None:
    soon = _decision(view, "hold", view.today + timedelta(days=1))
    for decisions in (
        [_decision(view, "hold", view.today - timedelta(days=2))],
        [_decision(view, "override", view.today + timedelta(days=30))],
        [soon, replace(soon, kind="override", from_=view.today, until=view.today + timedelta(days=60))],
        [replace(soon, pupil_id="nobody")],
    ):
        far = replace(view.morning, review=None)
        assert "reviews" not in _ids(replace(view, decisions=decisions, morning=far))


def test_an_adapted_route_that_ends_is_told_though_a_hold_goes_on_and_the_other_way_round(view: View) -> None:
    """Which letters fit a family and at which stage a child is are two things: neither goes on in the other."""
    soon = _decision(view, "adapted", view.today + timedelta(days=3))
    long = replace(soon, kind="hold", until=view.today + timedelta(days=60))
    (line,) = _section(replace(view, decisions=[soon, long]), "reviews").lines
    assert line.values["what"] == "Adapted route until Mon 20 Oct"
    assert str(line.values["now"]).startswith("It ends on Mon 20 Oct. Letters are the plain ones then. Renew it")
    (line,) = _section(
        replace(view, decisions=[replace(soon, kind="hold"), replace(long, kind="adapted")]), "reviews"
    ).lines
    assert str(line.values["what"]).startswith("Hold until")


def test_of_two_adapted_routes_only_the_last_one_ends(view: View) -> None:
    soon = _decision(view, "adapted", view.today + timedelta(days=3))
    renewed = replace(soon, from_=soon.until + timedelta(days=1), until=view.today + timedelta(days=60))
    far = replace(view.morning, review=None)
    assert "reviews" not in _ids(replace(view, decisions=[soon, renewed], morning=far))
    both = [soon, replace(soon, reason="A new timetable", from_=view.today)]
    assert len(_section(replace(view, decisions=both, morning=far), "reviews").lines) == 1
    gone = replace(soon, until=view.today - timedelta(days=1))
    (line,) = _section(replace(view, decisions=[gone], morning=far), "reviews").lines
    assert line.values["now"] == "It ended on Thu 16 Oct. Letters are the plain ones again."


def test_the_review_says_when_it_is_and_how_many_could_come_down(view: View) -> None:
    near = replace(view, morning=replace(view.morning, review=Review(date(2025, 10, 24), 5, ("P02", "P03"))))
    told = _section(near, "reviews")
    assert told.empty == (
        "The half-term review is in 5 school days, on Fri 24 Oct. As the marks stand, 2 pupils would come down a stage "
        "that day."
    )
    today = replace(view, morning=replace(view.morning, review=Review(view.today, 0, ())))
    assert _section(today, "reviews").empty.startswith("The half-term review is today. As the marks stand, nobody")


def test_the_review_is_shown_when_it_is_near_and_only_where_stages_wait_for_it(view: View) -> None:
    assert view.morning.review is not None
    down = view.morning.review.down

    def review(policy: Policy, today: date) -> Review | None:
        return morning(policy, view.outcomes, view.register, view.calendar, today).review

    assert review(view.policy, date(2025, 10, 16)) is None  # six school days away
    assert review(view.policy, date(2025, 10, 24)) == Review(date(2025, 10, 24), 0, down)
    at_once = replace(view.policy, rules=replace(view.policy.rules, step_down="immediately"))
    assert review(at_once, date(2025, 10, 24)) is None


def test_whoever_is_above_their_figures_stage_could_come_down(view: View) -> None:
    assert view.morning.review is not None  # the half term ends a week later
    assert view.morning.review.day == date(2025, 10, 24)
    for outcome in view.outcomes:
        high = replace(outcome, stage=99)
        assert could_come_down(view.policy, high, view.today)
        assert not could_come_down(view.policy, replace(outcome, stage=0), view.today)
        held = _decision(view, "hold", date(2025, 11, 1))
        assert not could_come_down(view.policy, replace(high, decision=held), view.today)


# --- what people changed, and what is not right


def test_a_cell_that_people_changed_is_listed_with_both_values(view: View) -> None:
    edits = [
        Edit(TRACKER, "P03", "attendance", 0.5),
        Edit(TRACKER, "P03", "stage_since", date(2025, 10, 1)),
        Edit(TRACKER, "P03", "band", ""),
        Edit(ACTIONS, "P03|talk|2025-10-01", "owner", "Mrs Bell"),
        Edit(TRACKER, "gone", "band", HOSTILE),
    ]
    lines = _section(replace(view, edits=edits), "edits").lines
    told = [(line.values["column"], line.values["says"]) for line in lines]
    assert told[:4] == [
        ("Tracker: Attendance", "50.0%"),
        ("Tracker: Stage since", "Wed 1 Oct 2025"),
        ("Tracker: Band", "(nothing)"),
        ("Actions: Who", "Mrs Bell"),
    ]
    outcome = view.outcome["P03"]
    assert lines[0].values["ours"] == f"{100 * outcome.ytd.attended / outcome.ytd.possible:.1f}%"
    assert lines[2].values["ours"] == outcome.band
    assert lines[4].values["pupil"] == "gone"


def test_problems_name_the_pupil_and_the_classes_with_missing_marks(view: View) -> None:
    am, pm = (SessionKey(date(2025, 10, 14), session) for session in (AM, PM))
    chase = Chase((NotTaken("Elm", (pm,)),), (MissingMarks("", ((am, 1),)), MissingMarks("Ash", ((am, 1), (pm, 1)))))
    gaps = replace(view.morning, chase=chase)
    wrong = replace(view, morning=gaps, problems=[Problem("Two rows.", "P03"), Problem("No header.")], waiting=["P04"])
    lines = _section(wrong, "problems").lines
    assert [str(line.values["what"])[:9] for line in lines] == [
        "Two rows.",
        "No header",
        "Not on th",
        "Register ",
        "1 mark mi",
        "2 marks m",
    ]
    assert [str(line.values["what"]).partition(". ")[0] for line in lines[3:]] == [
        "Register not taken: Elm, Tue 14 Oct afternoon",
        "1 mark missing: no class, Tue 14 Oct morning",
        "2 marks missing: Ash, Tue 14 Oct morning and afternoon",
    ]
    assert _names(replace(_section(wrong, "problems"), lines=[lines[0], lines[2]])) == ["P03", "P04"]


def test_what_is_to_be_chased_is_told_with_the_newest_days_first_and_asks_nobody_to_invent_marks(view: View) -> None:
    days = [date(2025, 10, n) for n in (6, 7, 8, 9, 10, 13, 14)]
    keys = [SessionKey(day, session) for day in days for session in (AM, PM)]
    single = MissingMarks("Ash", tuple((one, 1) for one in keys)), MissingMarks("Elm", ((keys[-1], 2),))
    old = MissingMarks("Fir", ((keys[0], 1),))
    half = HalfClosed(("Oak", "Yew"), (keys[-1],), ("P03", "P04"))
    chase = Chase((NotTaken("Elm", tuple(keys[1:3])),), (old, *single), (half,), (keys[3],))
    wrong = replace(view, morning=replace(view.morning, chase=chase))
    newest = ("Tue 14", "Mon 13", "Fri 10", "Thu 9", "Wed 8", "Tue 7")
    whole = ", ".join(f"{day} Oct morning and afternoon" for day in newest)
    lines = [str(line.values["what"]) for line in _section(wrong, "problems").lines]
    assert [line.partition(". ")[0] for line in lines] == [
        "No marks at all for Tue 7 Oct afternoon",
        "2 registers not taken: Elm, Tue 7 Oct morning, Mon 6 Oct afternoon",
        f"14 marks missing: Ash, {whole} and 1 earlier day",
        "2 marks missing: Elm, Tue 14 Oct afternoon",
        "1 mark missing: Fir, Mon 6 Oct morning",
        "Oak, Yew: Tue 14 Oct afternoon: closed (#) for most, but 2 pupils have other marks",
    ]
    assert all("in the MIS from what is known." in line for line in lines[:5])


def test_marks_that_hold_a_letter_up_come_first_with_the_pupil_those_of_july_too(view: View) -> None:
    told = _waiting(view)
    july = (SessionKey(date(2025, 7, 21), AM), SessionKey(date(2025, 10, 14), AM))
    held = [replace(one, waits=replace(one.waits, missing=july)) if one.waits.marks else one for one in told.outcomes]
    who = next(one.pupil.pupil_id for one in held if one.waits.marks)
    first = _section(replace(told, outcomes=held, problems=[Problem("Two rows.", "P03")]), "problems").lines[0]
    assert first.values["what"] == (
        "2 marks missing: Mon 21 Jul, morning; Tue 14 Oct, morning. 1 letter or step and 1 national duty wait for "
        "them. Complete them in the MIS from what is known."
    )
    assert first.key.startswith(f"{who}|")


def test_only_what_has_a_row_on_actions_is_counted_as_waiting_there(view: View) -> None:
    told = _waiting(view)
    again = [
        replace(one, actions=tuple(replace(action, cadence="weekly") for action in one.actions))
        if one.waits.marks
        else one
        for one in told.outcomes
    ]
    assert not any("more waits" in said for said in _section(replace(told, outcomes=again), "letters").notes)


def test_missing_marks_are_counted_class_by_class(view: View) -> None:
    pupil, day = view.pupil["P01"], date(2025, 10, 15)
    before = [Mark(pupil.pupil_id, date(2025, 10, 14), session, "/") for session in (AM, PM)]
    marks = [*before, *(Mark(pupil.pupil_id, day, session, "-") for session in (AM, PM))]
    gaps = Register.from_marks(marks, [pupil.pupil_id])
    found = morning(view.policy, [view.outcome["P01"]], gaps, view.calendar, view.today)
    assert (found.missing, [(one.class_name, one.count) for one in found.chase.missing]) == (2, [("Ash", 2)])


def test_hostile_words_of_people_stay_words(view: View) -> None:
    typed = {(CONTACTS, line.key, "note"): HOSTILE for line in _section(view, "calls").lines}
    hostile = replace(view, kept=[HOSTILE], problems=[Problem(HOSTILE)], staff=typed)
    data = tracker_bytes(hostile, OFFICE)
    assert lint(data) == []
    cells = [c for row in load_workbook(BytesIO(data))["Today"].iter_rows() for c in row if c.value == HOSTILE]
    assert len(cells) == 2 + len(typed)
    assert all(cell.data_type == "s" for cell in cells)


def test_an_old_check_says_its_year(view: View) -> None:
    assert "2025" not in words(view)
    assert "Fri 17 Oct 2024" not in words(view)
    old = replace(view, last_checked=datetime(2024, 12, 20, 9, 5, tzinfo=UTC))
    assert "Last checked 09:05 on Fri 20 Dec 2024." in words(old)


# --- protection and links


@pytest.mark.parametrize("page", ["Today", "Statutory", "Register", "Calendar", "About"])
def test_pages_are_protected_without_a_password_and_people_can_type_in_their_cells(view: View, page: str) -> None:
    book = load_workbook(BytesIO(tracker_bytes(view, OFFICE)))
    said = book[page].protection
    assert said.sheet
    assert said.password is None
    assert not any([said.selectLockedCells, said.selectUnlockedCells, said.formatColumns, said.formatRows])
    assert not book["Policy"].protection.sheet
    if page in {"Today", "Statutory"}:
        assert not said.objects  # comments may be added, and buttons pressed
        open_ = {
            cell.coordinate.rstrip("0123456789")
            for row in book[page].iter_rows()
            for cell in row
            if not cell.protection.locked
        }
        assert open_ == ({"H", "I"} if page == "Today" else {"G", "H"})


def test_a_name_is_a_link_that_cannot_be_broken_out_of() -> None:
    formula = link_formula('1"2*', 'O"Brien\n=cmd')
    assert formula == (
        '=HYPERLINK("#Tracker!A"&IFERROR(ROW(INDEX(tblTracker[Pupil ID],MATCH("1""2~*",tblTracker[Pupil ID],0))),1),'
        '"O""Brien =cmd")'
    )
    texts = re.findall(r'"((?:[^"]|"")*)"', link_formula("P" * 999, '"' * 999))
    assert max(len(text.replace('""', '"')) for text in texts) <= 255


def test_every_row_about_a_pupil_leads_to_the_pupil_and_looks_like_it(view: View) -> None:
    book, shown = load_workbook(BytesIO(tracker_bytes(_busy(view), OFFICE))), _page(_busy(view))
    rows = [row for row in book["Today"].iter_rows() if row[9].value]
    assert len(rows) == sum(bool(line.key) for line in _lines(_busy(view)))
    for row in rows:
        assert str(row[1].value).startswith("=HYPERLINK("), row[1].coordinate
        assert row[1].font.underline == "single"
        assert shown[row[1].coordinate].value


def _lines(view: View) -> Iterator[Line]:
    for section in sections(view):
        yield from section.lines


@pytest.mark.libreoffice
def test_in_libreoffice_a_name_goes_to_its_row_even_after_sorting(view: View, office: Office, tmp_path: Path) -> None:
    odd = 'a"b*~?'
    changed = {
        "P04": replace(view.pupil["P04"], surname=HOSTILE),
        "P06": replace(view.pupil["P06"], pupil_id=odd),
    }
    calls = tuple(replace(row, pupil=changed.get(row.pupil.pupil_id, row.pupil)) for row in view.morning.calls)
    visits = tuple(replace(row, pupil=changed.get(row.pupil.pupil_id, row.pupil)) for row in view.morning.visits)
    known = {one.pupil_id: one for one in (*view.pupils, *changed.values())}
    outcomes = [replace(o, pupil=changed.get(o.pupil.pupil_id, o.pupil)) for o in view.outcomes]
    unlisted = replace(view.pupils[0], pupil_id="P99")
    hostile = replace(
        view,
        pupils=(*known.values(), unlisted),
        outcomes=outcomes,
        morning=replace(view.morning, calls=calls, visits=visits, changes=()),
        waiting=[unlisted.pupil_id],
        problems=[Problem("Somebody left.", "P10")],
    )
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(tracker_bytes(hostile, OFFICE))
    written, shown = load_workbook(path)["Today"], load_workbook(path, data_only=True)["Today"]
    links = [cell for cell in written["B"] if str(cell.value).startswith('=HYPERLINK("#Tracker!A"')]
    keys = {cell.coordinate: written[f"J{cell.row}"].value.split("|")[0] for cell in links}
    assert odd in keys.values()
    with office.open(path) as book:
        ids = [row[0] for row in book.ask("used", "Tracker")]
        book.ask("sort", "Tracker", f"A2:AZ{len(ids)}", 1)
        book.ask("recalculate")
        ids = [row[0] for row in book.ask("used", "Tracker")]
        for cell in links:
            where = re.split(r',"(?:[^"]|"")*"\)$', str(cell.value).removeprefix("=HYPERLINK("))[0]
            book.ask("write", "Policy", "Z1", [[f"={where}".replace(",", ";")]])
            goes_to = re.fullmatch(r"\$Tracker\.\$A\$(\d+)", book.ask("jump", book.cell("Policy", "Z1")[1:]))
            assert goes_to
            key = keys[cell.coordinate]
            assert ids[int(goes_to[1]) - 1] == (key if key in ids else "Pupil ID")
            assert book.cell("Today", cell.coordinate) == shown[cell.coordinate].value
