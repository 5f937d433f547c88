"""Contact comes before escalation: no letter, and no step to approve, before somebody has talked to the family."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from halfday import cells, codes, functions
from halfday.contacted import CALL, LETTER, MESSAGE, NOT_REACHED, REASON, TOLD, VISIT, Contacted
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate, evaluate_pupil
from halfday.policy.guard import NEXT_REVIEW, before
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Due, Outcome
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

DAY = timedelta(days=1)
SCHOOL = sample_school(pupils=60, seed=11)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)
AS_OF = date(2026, 2, 12)
HALF_TERMS = cells.shown_half_terms(SCHOOL.register, CALENDAR, AS_OF)
MARKS = cells.marks_texts(SCHOOL.register, CALENDAR, HALF_TERMS)
IDS = [pupil.pupil_id for pupil in SCHOOL.pupils]
FAMILY = {pupil.pupil_id: pupil.family_id or pupil.pupil_id for pupil in SCHOOL.pupils}

IN_VAIN = ("Passed on", "No answer, left a voicemail", "No answer (twice)", "no reply", "Left message with gran", "-")
"""A colleague was told, or a try in people's own words: nobody has talked to the family."""

names = st.sampled_from(school_names())
spoken = st.sampled_from([(CALL, "Reason found"), (VISIT, "Child seen and safe"), (MESSAGE, "Will call back")])
silent = st.sampled_from(
    [
        *((CALL, said) for said in ("", *NOT_REACHED, *IN_VAIN)),
        (LETTER, "Reason found"),
        (TOLD, "Told"),
        (REASON, "Ill"),
    ]
)


def talks(kinds: st.SearchStrategy[tuple[str, str]] = spoken | silent) -> st.SearchStrategy[list[Contacted]]:
    days = st.integers(-60, 3).map(lambda n: AS_OF + n * DAY)
    one = st.builds(lambda who, day, said: Contacted(who, day, *said), st.sampled_from(IDS), days, kinds)
    return st.lists(one, max_size=40)


@cache
def policy_of(name: str) -> Policy:
    return usable_policy(policy_path(name))


def outcomes_of(policy: Policy, contacts: Iterable[Contacted] = (), done: Iterable[Done] = ()) -> tuple[Outcome, ...]:
    return evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, AS_OF, (), done, contacts=contacts)


@cache
def before_any_talk(name: str) -> tuple[Outcome, ...]:
    """The outcomes under a policy where nobody has talked to a family and nothing is done."""
    return outcomes_of(policy_of(name))


def is_good_news(policy: Policy, action: Due) -> bool:
    return any(one.title == action.because and one.kind == "improvement" for one in policy.triggers)


def was_talked_to(policy: Policy, action: Due, contacts: Iterable[Contacted], done: Iterable[Done]) -> bool:
    """By hand: whether an action that asks for a talk has had it."""
    assert policy.action[action.id].contact
    assert action.since
    return any((one.action, one.due) == (action.id, action.due) for one in done) or any(
        one.what in (CALL, VISIT, MESSAGE)
        and one.outcome
        and one.outcome not in (*NOT_REACHED, *IN_VAIN)
        and one.day >= action.since
        for one in contacts
    )


def check(policy: Policy, one: Outcome, contacts: list[Contacted], done: list[Done]) -> int:
    """Nothing that somebody approves is on a checklist before its talk; how many such steps are on it."""
    asked, shown = {action.id: action for action in one.actions}, 0
    mine = [talk for talk in contacts if FAMILY[talk.pupil_id] == FAMILY[one.pupil.pupil_id]]
    ticked = [tick for tick in done if tick.pupil_id == one.pupil.pupil_id]
    for action in one.checklist:
        steps = [asked[step] for step in before(policy.action, action.id) if step in asked]
        if action.needs_approval:
            shown += 1
            for step in steps:
                if policy.action[step.id].contact:
                    assert was_talked_to(policy, step, mine, ticked), (action.id, step.id)
        if policy.action[action.id].letter and not is_good_news(policy, action):
            talk = [step for step in steps if policy.action[step.id].contact]
            assert talk or not one.stage or one.decision, f"{action.id}: nothing asks for a talk before it"
    return shown


@pytest.mark.parametrize("name", school_names())
def test_nobody_is_written_to_whom_nobody_has_talked_to(name: str) -> None:
    """A first morning: no contact is written down yet, and no letter but good news stands on any list."""
    policy = policy_of(name)
    first = before_any_talk(name)
    letters = [a for one in first for a in one.checklist if policy.action[a.id].letter and not is_good_news(policy, a)]
    assert letters == []
    later = [(one, a) for one in first for a in one.later if a.needs_approval]
    assert len(later) > 5
    for one, action in later:
        assert one.first[action.id] in {NEXT_REVIEW, *(step.title for step in one.checklist)}, "it can be done now"


@pytest.mark.parametrize("name", school_names())
def test_after_a_talk_with_everybody_the_first_letters_stand(name: str) -> None:
    policy = policy_of(name)
    talked = [Contacted(who, AS_OF + DAY, CALL, "Reason found") for who in IDS]
    assert sum(check(policy, one, talked, []) for one in outcomes_of(policy, talked)) > 5
    assert {action.id for one in outcomes_of(policy, talked) for action in one.checklist} > {
        action.id for one in before_any_talk(name) for action in one.checklist if action.needs_approval
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=names, contacts=talks(), data=st.data())
def test_no_step_to_approve_comes_before_its_talk(name: str, contacts: list[Contacted], data: st.DataObject) -> None:
    policy = policy_of(name)
    asked = [Done(one.pupil.pupil_id, a.id, a.due) for one in before_any_talk(name) for a in one.actions if a.due]
    done = data.draw(st.lists(st.sampled_from(asked), max_size=60, unique=True))
    found = outcomes_of(policy, contacts, done)
    for one in found:
        check(policy, one, contacts, done)
        parts = [one.checklist, one.waiting, one.later]
        assert sorted(a.id for part in parts for a in part) == sorted(a.id for a in one.left)
        assert [a.id for a in one.actions] == [a["id"] for a in one.to_json()["actions"]]


@settings(max_examples=20, deadline=None)
@given(name=names, contacts=talks(silent))
def test_a_try_is_no_talk(name: str, contacts: list[Contacted]) -> None:
    """No answer, a message left, a letter, the DSL told: none of them opens the way to a letter."""
    found = outcomes_of(policy_of(name), contacts)
    assert [one.checklist for one in found] == [one.checklist for one in before_any_talk(name)]


@settings(max_examples=12, deadline=None)
@given(name=names, contacts=talks(), data=st.data())
def test_a_live_cell_says_what_was_sent_also_with_talks(
    name: str, contacts: list[Contacted], data: st.DataObject
) -> None:
    policy = policy_of(name)
    asked = [Done(one.pupil.pupil_id, a.id, a.due) for one in before_any_talk(name) for a in one.actions if a.due]
    done = data.draw(st.lists(st.sampled_from(asked), max_size=40, unique=True))
    text, calendar = cells.policy_text(policy), cells.calendar_text(CALENDAR, HALF_TERMS)
    for one in outcomes_of(policy, contacts, done):
        row = ([MARKS[one.pupil.pupil_id]], text, calendar, AS_OF, cells.facts_told(policy, one))
        assert functions.ATT_ACTIONS(*row).splitlines() == [functions.action_words(action) for action in one.checklist]
        assert functions.ATT_WHY(*row) == one.why


# --- By hand ----------------------------------------------------------------------------------------------------------

POLICY = load(
    """
school = {name = "Test"}
rules = {min_possible = 10}
band = [{name = "All", from = 0}]
stage = [
  {number = 1, name = "Stage 1", below = 95, actions = ["ring", "write", "weekly"]},
  {number = 2, name = "Stage 2", below = 85, actions = ["ring", "meet", "plan"]},
]
trigger = [{id = "below", title = "Below 95%", when = "percent < 95", actions = ["ring", "remind"]}]
action = [
  {id = "ring", title = "Ring", owner = "A", due = 2, contact = true},
  {id = "write", title = "Write", owner = "A", due = 5, needs_approval = true, letter = "x", after = "ring"},
  {id = "remind", title = "Remind", owner = "A", due = 5, needs_approval = true, letter = "x", after = "ring"},
  {id = "meet", title = "Meet", owner = "A", due = 5, needs_approval = true, after = "ring"},
  {id = "plan", title = "Plan", owner = "A", due = 9, after = "meet"},
  {id = "weekly", title = "Talk again", owner = "A", cadence = "weekly", contact = true},
]
letter = [{id = "x", title = "X", template = "concern"}]
""",
    "test",
)
TERM = Calendar.from_kinds(
    {
        date(2026, 1, 5) + n * DAY: "school"
        for n in range(75)
        if (date(2026, 1, 5) + n * DAY).weekday() < 5
        and not date(2026, 2, 13) < date(2026, 1, 5) + n * DAY < date(2026, 2, 23)
    }
)


def on(as_of: date, ill: dict[date, str], contacts: list[tuple[date, str]], done: list[tuple[str, date]]) -> Outcome:
    marks = [
        Mark("P", day, session, ill.get(day, "/\\"[at]))
        for day in TERM.school_days
        if day <= as_of
        for at, session in enumerate(("AM", "PM"))
    ]
    talked = [Contacted("P", day, CALL, said) for day, said in contacts]
    ticks = [Done("P", *tick) for tick in done]
    return evaluate(POLICY, [Pupil("P")], Register.from_marks(marks, ["P"]), TERM, as_of, (), ticks, contacts=talked)[0]


def ids(actions: Iterable[Due]) -> list[str]:
    return [action.id for action in actions]


ILL = {
    date(2026, 1, 12): "I"
}  # 83.3% on Monday 12 January: stage 2; 91.7% by Friday 23 January, no review until February


def test_one_call_ticks_the_talk_and_opens_the_next_step() -> None:
    monday, tuesday = date(2026, 1, 12), date(2026, 1, 13)
    start = on(monday, ILL, [], [])
    assert (start.stage, start.stage_since) == (2, monday)
    assert (ids(start.checklist), ids(start.later)) == (["ring"], ["meet", "remind", "plan"])
    assert start.first == {"remind": "Ring", "meet": "Ring", "plan": "Ring"}
    called = on(monday, ILL, [(tuesday, "Reason found")], [])
    assert (ids(called.checklist), ids(called.later)) == (["meet", "remind"], ["plan"])
    assert called.first == {"plan": "Meet"}
    met = on(monday, ILL, [(tuesday, "Reason found")], [("meet", date(2026, 1, 19))])
    assert (ids(met.checklist), met.first) == (["remind", "plan"], {})


def test_a_call_before_the_day_that_asked_does_not_count_and_one_on_the_day_does() -> None:
    friday, monday = date(2026, 1, 9), date(2026, 1, 12)
    assert ids(on(monday, ILL, [(friday, "Reason found")], []).checklist) == ["ring"]
    assert ids(on(monday, ILL, [(monday, "Reason found")], []).checklist) == ["meet", "remind"]
    assert ids(on(monday, ILL, [(monday, "No answer")], []).checklist) == ["ring"]


def test_each_letter_has_a_talk_of_its_own_since_what_asks_for_it_began() -> None:
    """A talk about the first absence, a rise, below 95% again: before the letter somebody talks to the family anew."""
    ill = {date(2026, 1, 20): "I", date(2026, 2, 10): "I"}
    first, again = [(date(2026, 1, 21), "Reason found")], (date(2026, 2, 11), "Reason found")
    before_, after = on(date(2026, 2, 11), ill, first, []), on(date(2026, 2, 11), ill, [*first, again], [])
    since = {one.id: one.since for one in before_.actions}
    assert since["ring"] == date(2026, 1, 20), "the stage asked for the talk then, and stands"
    assert since["remind"] == date(2026, 2, 10), "95% in between"
    assert "remind" in ids(before_.later)
    assert "ring" in ids(before_.checklist)
    assert "remind" in ids(after.checklist)


def test_a_talk_about_one_child_is_a_talk_with_the_family() -> None:
    """Today asks for one call a family: it frees the letters about brothers and sisters too, and nobody else's."""
    sessions = [(day, session) for day in TERM.school_days if day <= date(2026, 1, 13) for session in ("AM", "PM")]
    pupils = [Pupil("A", family_id="F"), Pupil("B", family_id="F"), Pupil("C", family_id="G"), Pupil("D"), Pupil("E")]
    marks = [Mark(one.pupil_id, day, s, ILL.get(day, "/\\"[s == "PM"])) for one in pupils for day, s in sessions]
    register = Register.from_marks(marks, [one.pupil_id for one in pupils])
    talked = [Contacted(who, date(2026, 1, 13), CALL, "Reason found") for who in ("A", "D")]
    found = evaluate(POLICY, pupils, register, TERM, date(2026, 1, 13), contacts=talked)
    assert ["ring" in ids(one.checklist) for one in found] == [False, False, True, False, True]


def test_a_tick_by_hand_does_as_well() -> None:
    assert ids(on(date(2026, 1, 12), ILL, [], [("ring", date(2026, 1, 14))]).checklist) == ["meet", "remind"]


def test_a_talk_that_comes_round_is_done_for_its_week() -> None:
    ill = {date(2026, 1, 14): "I"}  # 87.5% on Wednesday 14 January: stage 1
    called = [(date(2026, 1, 15), "Reason found")]
    assert "weekly" in ids(on(date(2026, 1, 14), ill, [], []).checklist)
    assert "weekly" not in ids(on(date(2026, 1, 14), ill, called, []).checklist)
    assert "weekly" in ids(on(date(2026, 1, 16), ill, called, []).checklist), "asked for anew on Monday"
    assert "weekly" not in ids(
        on(date(2026, 1, 16), ill, [*called, (date(2026, 1, 19), "Will call back")], []).checklist
    )


def test_when_old_marks_move_the_day_that_asked_a_call_still_counts_by_its_date() -> None:
    """Ticks go by the day on which an action was due: moved, it is open again. A call has a date of its own."""
    friday, called = date(2026, 1, 16), [(date(2026, 1, 14), "Reason found")]
    later = {date(2026, 1, 13): "I", **ILL}
    ticked = [("ring", date(2026, 1, 15))]
    moved = {date(2026, 1, 9): "I", date(2026, 1, 13): "I"}  # the day before was no absence, a day last week was
    before_, after = on(friday, later, called, ticked), on(friday, moved, called, ticked)
    assert {one.id: one.due for one in after.actions}["ring"] != {one.id: one.due for one in before_.actions}["ring"]
    assert "ring" not in ids(after.checklist)
    assert "ring" in ids(on(friday, moved, [], ticked).checklist)


def test_after_a_step_down_a_letter_still_has_a_talk_before_it() -> None:
    """The steps of the stage do not begin again; but what else asks for a letter does not skip the talk."""
    as_of = date(2026, 2, 24)
    down = on(as_of, ILL | {date(2026, 1, 14): "I"}, [], [])
    assert (down.stage, down.came_down) == (1, True)
    assert sorted(ids(down.checklist)) == ["ring", "weekly"]
    assert ids(down.later) == ["remind"]
    talked = on(as_of, ILL | {date(2026, 1, 14): "I"}, [(as_of, "Reason found")], [])
    assert "remind" in ids(talked.checklist)
    assert "ring" not in ids(talked.checklist)
    sent = on(as_of, ILL | {date(2026, 1, 14): "I"}, [], [("remind", date(2026, 1, 19))])
    assert ids(sent.checklist) == ["weekly"], "nothing left to write, so nobody is rung again for it"


def test_nobody_writes_to_a_family_whose_figure_has_risen_above_the_stage() -> None:
    """The stage stands until its review, and so does what it asks for; but its letter waits."""
    ill, talked = {date(2026, 1, 14): "I"}, [(date(2026, 1, 15), "Reason found")]
    low, risen = on(date(2026, 1, 16), ill, talked, []), on(date(2026, 2, 6), ill, talked, [])
    assert (low.stage, risen.stage, risen.percent) == (1, 1, "96.0")
    assert "write" in ids(low.checklist)
    assert (ids(risen.later), risen.first) == (["write"], {"write": NEXT_REVIEW})
    assert "weekly" in ids(risen.checklist)


# --- Day by day: marks that come and change, calls, ticks -------------------------------------------------------------


class Casework(RuleBasedStateMachine):
    """One child over a term: no step to approve before its talk, whatever the order in which things happen."""

    @initialize(name=names, who=st.sampled_from(range(len(IDS))), start=st.integers(12, 40))
    def begin(self, name: str, who: int, start: int) -> None:
        self.policy, self.pupil, self.at = policy_of(name), SCHOOL.pupils[who], start
        self.ids = bytearray(SCHOOL.register.by_pupil[self.pupil.pupil_id])
        self.contacts: list[Contacted] = []
        self.done: list[Done] = []
        self.judge()

    def judge(self) -> None:
        axis = Axis.of(SCHOOL.register, CALENDAR, CALENDAR.school_days[self.at])
        self.now = evaluate_pupil(
            self.policy, Sessions.of(self.pupil, axis, bytes(self.ids)), (), self.done, self.contacts
        )

    @property
    def today(self) -> date:
        return CALENDAR.add_school_days(CALENDAR.school_days[self.at], 1)

    @rule(days=st.integers(1, 12))
    def go_on(self, days: int) -> None:
        self.at = min(self.at + days, 130)
        self.judge()

    @rule(back=st.integers(0, 60), length=st.integers(1, 12), code=st.sampled_from(["I", "O", "/", "N", "-"]))
    def change_marks(self, back: int, length: int, code: str) -> None:
        stop = Axis.of(SCHOOL.register, CALENDAR, CALENDAR.school_days[self.at]).stop
        for place in range(max(0, stop - back - length), max(0, stop - back)):
            if self.ids[place]:
                self.ids[place] = codes.code_id(code, SCHOOL.register.dates[place])
        self.judge()

    @rule(said=spoken | silent)
    def call(self, said: tuple[str, str]) -> None:
        self.contacts.append(Contacted(self.pupil.pupil_id, self.today, *said))
        self.judge()

    @precondition(lambda self: self.contacts)
    @rule(data=st.data())
    def take_a_call_back(self, data: st.DataObject) -> None:
        self.contacts.remove(data.draw(st.sampled_from(self.contacts)))
        self.judge()

    @precondition(lambda self: any(one.due for one in self.now.checklist))
    @rule(data=st.data())
    def tick(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([one for one in self.now.checklist if one.due]))
        assert one.due
        self.done.append(Done(self.pupil.pupil_id, one.id, one.due))
        self.judge()
        assert one.id not in ids(self.now.left)

    @invariant()
    def no_step_comes_before_its_talk(self) -> None:
        check(self.policy, self.now, self.contacts, self.done)
        steps = {step.title for step in (*self.now.checklist, *self.now.waiting)} | {NEXT_REVIEW}
        for one in self.now.later:
            assert self.now.first[one.id] in steps, "what comes first is on the list, or waits for marks"


TestCasework = Casework.TestCase
TestCasework.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
