"""An invented child whom a school may refer: two school years of marks, and everything that was done for her.

Isla Fenwick is in Year 6 of the invented Hazel Lane Primary School, which follows the policy of `rivington`. Her mother
and her father live apart. Marks go from 3 September 2024 to Friday 15 May 2026, all of them by today's codes; the
figures are worked out by the real engine.

- `case()` is as schools are on an ordinary day: marks that are still N, one that is missing, a warning letter that went
  to one parent only, nobody has answered a question yet.
- `ready_case()` has nothing left to ask for: no N, both letters to both parents, every question answered.

Both have contacts, a reviewed contract, a notice to improve whose weeks are over, minutes, a hold, ticked steps, an
answer of SLT, notes, changed marks. Whatever else a test needs: `case(**changes)` replaces a part of it,
`case(marks={"2026-05-15": "I I"})` writes other marks, `with_casework(one, plans=())` takes something away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from halfday.carer import Carer
from halfday.contacted import CALL, MEETING, VISIT, Contacted
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import SESSIONS, Mark, Pupil, Register, SessionKey
from halfday.school_year import Calendar
from halfday_sync.casework import Approval, Casework, Child, Letter, Minute, SupportPlan
from halfday_sync.casework.acts import acts
from halfday_sync.casework.plan_kinds import NOTICE
from halfday_sync.casework.steps import Steps
from halfday_sync.chronology import Answered, Story, Ticked
from halfday_sync.entries import Typed
from halfday_sync.letters.catalogue import template
from halfday_sync.letters.fields import Occasion, fields
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.referrals.case import Amended, Case, SchoolFacts, Sibling
from halfday_sync.referrals.fields import CHOICE, DATE, YES_NO, all_fields
from halfday_sync.templates import policy_path, usable_policy

ONE = "2101"
AS_OF, MADE_ON = date(2026, 5, 15), date(2026, 5, 18)
SCHOOL = SchoolFacts(
    "Hazel Lane Primary School",
    ("1 Hazel Lane", "Exampleton", "EX1 1AA"),
    "the school office, 01632 960001",
    "Ms H Example, Headteacher",
    "999/2001",
)
PUPIL = Pupil(
    ONE, "H999200117001", "Fenwick", "Isla", date(2015, 3, 14), "F", "6", "Rowan", family_id="F7",
    start_date=date(2019, 9, 4), pupil_premium=True, fsm=True, sen="K", lac=False, cp=False, eal=False,
    young_carer=False, enrolment="C",
)  # fmt: skip
MOTHER = Carer(ONE, 1, "Mrs R Fenwick", "Mother", ("01632 960111", "07700 900111"))
FATHER = Carer(ONE, 2, "Mr T Dunmore", "Father", ("07700 900222",))
BROTHER = Sibling(
    Pupil("2102", "U999200119002", "Fenwick", "Rory", date(2017, 6, 2), "M", "3", "Elm", family_id="F7"), "93.1", 1
)
"""For tests in which a person confirmed that he goes into the pack."""
COMMENT = "mother unwell, social worker told"
"""Stands beside a mark: nothing of it may go into a pack."""

# --- Days -------------------------------------------------------------------------------------------------------------

TERMS = (
    ("2024-09-03", "2024-10-25"), ("2024-11-04", "2024-12-20"), ("2025-01-07", "2025-02-14"),
    ("2025-02-24", "2025-04-04"), ("2025-04-22", "2025-05-23"), ("2025-06-02", "2025-07-22"),
    ("2025-09-02", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-06", "2026-02-13"),
    ("2026-02-23", "2026-03-27"), ("2026-04-13", "2026-05-22"), ("2026-06-01", "2026-07-21"),
)  # fmt: skip
ODD_DAYS = {
    "2024-09-02": "inset", "2025-01-06": "inset", "2025-04-21": "bank_holiday", "2025-05-05": "bank_holiday",
    "2025-09-01": "inset", "2026-01-05": "inset", "2026-01-08": "closure", "2026-04-03": "bank_holiday",
    "2026-04-06": "bank_holiday", "2026-05-04": "bank_holiday", "2026-05-25": "bank_holiday",
}  # fmt: skip
MARKS = {
    "2024-09-17": "I I", "2024-10-03 to 2024-10-04": "O O", "2024-11-12": "L \\", "2024-11-20": "M \\",
    "2024-12-05": "V V", "2025-01-21 to 2025-01-23": "I I", "2025-02-05": "U \\", "2025-03-12": "R R",
    "2025-03-31 to 2025-04-04": "G G", "2025-05-13": "E E", "2025-05-14": "E \\", "2025-06-10": "B B",
    "2025-06-24": "P \\", "2025-07-01": "J1 \\", "2025-07-10": "/ C2", "2025-07-11": "C C",
    "2025-09-01": "# #", "2025-09-16": "I I", "2025-09-25": "U \\", "2025-10-07 to 2025-10-08": "O O",
    "2025-11-11": "L \\", "2025-11-18 to 2025-11-20": "I I", "2025-12-09": "M \\", "2025-12-16": "K K",
    "2026-01-08": "Y4 Y4", "2026-01-20": "O O", "2026-01-21": "I I", "2026-02-03": "/ M", "2026-02-10": "L \\",
    "2026-02-24": "U \\", "2026-03-03": "O O", "2026-03-10": "O O", "2026-03-11": "/ O", "2026-03-17": "U \\",
    "2026-03-26": "G G", "2026-04-21": "O O", "2026-04-30": "U \\", "2026-05-06": "O \\", "2026-05-07": "Y1 Y1",
}  # fmt: skip
"""What differs from present all day."""
OPEN_MARKS = {"2026-05-12": "N N", "2026-05-15": "/ -"}
"""What an ordinary day still leaves open: a reason to find, and an afternoon that nobody marked."""
PRESENT = {"2024-09-03 to 2026-05-15": "/ \\"}
"""Always here, to lay other marks over."""
NOTES = {
    SessionKey(date(2026, 2, 10), "AM"): Mark(ONE, date(2026, 2, 10), "AM", "L", 12),
    SessionKey(date(2026, 3, 17), "AM"): Mark(ONE, date(2026, 3, 17), "AM", "U", 55, COMMENT),
}
AMENDED = (
    Amended(date(2026, 3, 3), "AM", "N", "O", date(2026, 3, 9)),
    Amended(date(2026, 3, 3), "PM", "N", "O", date(2026, 3, 9)),
    Amended(date(2026, 4, 30), "AM", "L", "U", date(2026, 5, 1)),
)


def _span(text: str) -> Iterator[date]:
    first, _, last = text.partition(" to ")
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last or first):
        yield day
        day += timedelta(days=1)


@cache
def kinds() -> Mapping[date, str]:
    """The school's calendar of both years."""
    taught = {day: "school" for term in TERMS for day in _span(" to ".join(term)) if day.weekday() < 5}
    return taught | {date.fromisoformat(day): kind for day, kind in ODD_DAYS.items()}


def _is_taught(day: date) -> bool:
    return kinds().get(day) in ("school", "closure")


def register(marks: Mapping[str, str], until: date = AS_OF) -> Register:
    """Her marks: present but on the days told; a full stop is a session without a row.

    Of several days, `2026-05-11 to 2026-05-22`, only the school days; a day by itself in any case.
    """
    said = {day: text for days, text in marks.items() for day in _span(days) if " to " not in days or _is_taught(day)}
    days = sorted({*filter(_is_taught, kinds()), *said})
    rows = [
        Mark(ONE, day, session, code)
        for day in days
        if day <= until
        for session, code in zip(SESSIONS, said.get(day, "/ \\").split(), strict=True)
        if code != "."
    ]
    return Register.from_marks(rows)


# --- What was done ----------------------------------------------------------------------------------------------------


def _contact(day: str, what: str, outcome: str, note: str = "", who: str = "Jo Bell") -> Contacted:
    return Contacted(ONE, date.fromisoformat(day), what, outcome, note, who, key=f"{ONE}|{what.casefold()}|{day}")


CONTACTS = (
    _contact("2025-10-07", CALL, "Reason found", "Overslept, bus missed"),
    _contact("2026-01-20", CALL, "No answer", "Rang twice, left a message"),
    _contact("2026-01-21", CALL, "Ill: expected back", "Temperature since last night"),
    _contact("2026-02-24", CALL, "Reason found", "Bus was late"),
    _contact("2026-03-03", CALL, "No answer"),
    _contact("2026-03-04", VISIT, "Spoke at the door", "Isla worries about maths", "A Reed"),
    _contact("2026-03-10", CALL, "No answer"),
    _contact("2026-03-11", CALL, "Reason found", "Went home at noon, no reason accepted"),
    _contact("2026-03-17", CALL, "Reason found", "Late: the car did not start"),
    _contact("2026-03-19", MEETING, "Came", "Mrs Fenwick came, Mr Dunmore by telephone", "A Reed"),
    _contact("2026-03-26", CALL, "Reason found", "Away to see family, not agreed"),
    _contact("2026-04-21", CALL, "No answer"),
    _contact("2026-04-30", CALL, "Reason found", "Late: overslept"),
    _contact("2026-05-06", CALL, "Reason found", "Missed the bus in the morning"),
    _contact("2026-05-12", CALL, "No answer", "To be asked again"),
)
PLANS = (
    SupportPlan(
        "P3", ONE, "parent-contract", date(2026, 1, 26), date(2026, 3, 6), "95%",
        (date(2026, 2, 13), date(2026, 3, 6)), "Better at first, then three days missed", "A Reed",
        "Mrs Fenwick and A Reed, 26 Jan 2026", "The bus is often late; worries about maths",
        "Breakfast club; ten minutes with a mentor each morning",
        ("Going well", "Better at first, then three days missed"),
    ),
    SupportPlan(
        "P4", ONE, NOTICE, date(2026, 4, 13), date(2026, 5, 8), "100%", (date(2026, 5, 11),),
        "Not enough: four sessions without leave", "Ms H Example", "", "", "Breakfast club goes on; school nurse",
        ("Not enough: four sessions without leave",),
    ),
)  # fmt: skip
MINUTES = (
    Minute(
        "M1", date(2026, 3, 19), "Meeting with the family", ONE, "Mentor each morning; school nurse to ring",
        "A Reed", date(2026, 3, 27), done=True,
    ),
    Minute(
        "M2", date(2026, 5, 11), "Review of the notice to improve", ONE, "Refer to the local authority", "Ms H Example"
    ),
)  # fmt: skip
HELD = Decision(ONE, HOLD, date(2025, 12, 1), date(2025, 12, 19), "Her grandmother died", "Ms H Example")
TICKED = (
    Ticked("offer-early-help", date(2026, 2, 6), date(2026, 2, 4), "Mrs Fenwick said yes", "A Reed"),
    Ticked("visit-family", date(2026, 3, 6), date(2026, 3, 4), "", "A Reed"),
    Ticked("direct-work", date(2026, 3, 20), date(2026, 3, 16), "Mentor began", "A Reed"),
)
ANSWERED = (
    Answered(date(2026, 3, 12), "Meet both parents", "Before Easter", "Ms H Example"),
    Answered(date(2026, 3, 19), "Meet both parents", "They came", "A Reed", is_done=True),
)
NOTED = ((date(2026, 1, 12), "Likes football; ask Mr Cole"),)
BOTH = (MOTHER.name, FATHER.name)
LETTERS = (
    ("warning", "warning-letter", "2026-02-25", "2026-02-27", (MOTHER.name,)),
    ("contract-meeting", "contract-meeting", "2026-03-12", "2026-03-13", BOTH),
    ("notice-to-improve", "notice-to-improve", "2026-03-20", "2026-03-24", BOTH),
    ("intent", "intent-letter", "2026-05-11", "2026-05-12", BOTH),
)
"""Letters that went: which, for which step, approved and sent when, and to whom."""


def _letter(policy: Policy, told: tuple[str, str, str, str, tuple[str, ...]], marks: Register) -> Letter:
    letter_id, action, approved, sent, names = told
    letter = next(one for one in policy.letters if one.id == letter_id)
    day, went = date.fromisoformat(approved), date.fromisoformat(sent)
    calendar = Calendar.from_kinds(kinds(), marks.days_taught)
    as_of = calendar.last_school_day(day)
    assert as_of
    outcome = evaluate(policy, [PUPIL], marks, calendar, as_of)[0]
    carers = tuple(Carer(ONE, at, name) for at, name in enumerate(names, 1))
    said = fields(
        Occasion(
            SCHOOL.name, policy, letter, template(letter.template), day, as_of, [outcome], calendar,
            LetterSettings(SCHOOL.contact, SCHOOL.head, SCHOOL.address), {ONE: carers},
        )
    )  # fmt: skip
    at = datetime.combine(day, time(9, 30), UTC)
    approval = Approval(
        "A Reed", at, as_of, letter.template, fields=said,
        figures={ONE: (outcome.ytd.attended, outcome.ytd.possible)}, day=day,
    )  # fmt: skip
    return Letter(f"{ONE}|{action}|{went}", letter_id, (Child(ONE, action, as_of, went),), as_of, approval, went)


_WITHDRAWN = Letter(
    f"{ONE}|note-home|2025-12-12", "note-home", (Child(ONE, "note-home", date(2025, 12, 8), date(2025, 12, 12)),),
    date(2025, 12, 8), withdrawn=date(2025, 12, 10), reason="a mark of Tue 9 Dec was changed",
)  # fmt: skip


@cache
def policy() -> Policy:
    """The school's policy."""
    return usable_policy(policy_path("rivington"))


@cache
def _letters(names: tuple[tuple[str, ...], ...]) -> tuple[Letter, ...]:
    marks = register(MARKS)
    sent = (_letter(policy(), (*told[:4], to), marks) for told, to in zip(LETTERS, names, strict=True))
    return (_WITHDRAWN, *sent)


# --- The case ---------------------------------------------------------------------------------------------------------


def case(marks: Mapping[str, str] | None = None, pupil: Pupil = PUPIL, **changes: Any) -> Case:
    """Her case on an ordinary day.

    Args:
        marks: days with other codes than the usual ones, `2026-05-15` or `2026-05-14 to 2026-05-15`; they come before
            `MARKS` and `OPEN_MARKS`. `PRESENT` takes all of those away.
        pupil: what the MIS says of her, where that is something else.
        changes: parts of `Case` that are other than usual.
    """
    casework = _casework(_letters(tuple(told[4] for told in LETTERS)))
    return replace(_case(_over(MARKS | OPEN_MARKS, marks), casework, pupil), **changes)


def ready_case(marks: Mapping[str, str] | None = None, pupil: Pupil = PUPIL, **changes: Any) -> Case:
    """Her case when nothing is missing any more."""
    one = _case(_over(MARKS, marks), _casework(_letters((BOTH,) * len(LETTERS))), pupil)
    return replace(one, **{"answers": ANSWERS, **changes})


def _over(usual: Mapping[str, str], others: Mapping[str, str] | None) -> Mapping[str, str]:
    """The usual marks, then the others, which are laid over them in their order."""
    others = others or {}
    return {days: text for days, text in usual.items() if days not in others} | dict(others)


def with_casework(one: Case, **changes: Any) -> Case:
    """A case in which people did other things: `plans=()`, `contacts=…`."""
    return replace(one, story=replace(one.story, casework=replace(one.casework, **changes)))


def _casework(letters: tuple[Letter, ...]) -> Casework:
    ticks: dict[str, dict[str, Typed]] = {
        f"{ONE}|{one.action}|{one.due}": {"done": one.day, "note": one.note} for one in TICKED
    }
    return Casework(CONTACTS, letters, PLANS, MINUTES, {ONE: (MOTHER, FATHER)}, ticks, begun=date(2024, 9, 4))


def _case(marks: Mapping[str, str], casework: Casework, pupil: Pupil) -> Case:
    held = register(marks)
    calendar = Calendar.from_kinds(kinds(), held.days_taught)
    outcome = evaluate(policy(), [pupil], held, calendar, AS_OF, [HELD], contacts=CONTACTS)[0]
    sessions = Sessions.of(pupil, Axis.of(held, calendar, AS_OF), held.marks_of(ONE))
    steps = Steps(policy(), calendar, MADE_ON, [outcome], casework.ticks, casework.contacts_of, casework.letters)
    return Case(
        school=SCHOOL,
        policy=policy(),
        calendar=calendar,
        pupil=pupil,
        outcome=outcome,
        sessions=sessions,
        story=_story(outcome, sessions, casework),
        as_of=AS_OF,
        made_on=MADE_ON,
        carers=(MOTHER, FATHER),
        notes=NOTES,
        amended=AMENDED,
        acts=tuple(acts(casework, [HELD], steps)),
        has_siblings=True,
        reason="unauthorised",
        who="A Reed",
    )


def _story(outcome: Outcome, sessions: Sessions, casework: Casework) -> Story:
    return Story(
        ONE,
        policy(),
        casework,
        stages=[(sessions.axis.days[step.at], step.stage) for step in outcome.steps],
        triggers=[*outcome.triggers, *outcome.duties],
        ticked=TICKED,
        answers=ANSWERED,
        decisions=(HELD,),
        noted=NOTED,
        marks_until=AS_OF,
    )


# --- What people answered ---------------------------------------------------------------------------------------------

_SAID = {
    "reason_words": "Isla misses school without leave, mostly a day here and there. Support helped for some weeks.",
    "referrer_role": "Attendance officer",
    "referrer_email": "office@hazel-lane.example",
    "address": "4 Mill Row, Exampleton EX2 2BB",
    "early_help": "Open",
    "early_help_words": "Since 4 February 2026; lead worker S Ode",
    "health_considered": "Yes: no illness behind these days; the school nurse rang on 24 March",
    "bullying": "Asked on 19 March; Isla says there is none",
    "parents_reasons": "The bus is late, the car did not start",
    "barriers": "Worry about maths; the journey with two buses",
    "support": "Breakfast club and a mentor since 26 January",
    "family_views": "A later start on Mondays",
    "voice": "I like art and lunch. Maths makes my tummy hurt.",
    "voice_by": "Mr Cole, mentor",
    "voice_on": "2026-05-13",
    "parents_told": "Yes",
    "no_bar": "Nothing",
    "parent_name.1": "Mrs Ruth Fenwick",
    "parent_name.2": "Mr Tom Dunmore",
    "parent_dob.1": "1988-02-09",
    "parent_dob.2": "1985-11-30",
    "parent_address.1": "4 Mill Row, Exampleton EX2 2BB",
    "parent_address.2": "17 Quay Street, Exampleton EX3 3CC",
    "parent_responsibility.1": "Yes",
    "parent_responsibility.2": "Yes",
    "parent_lives_with.1": "Yes",
    "parent_lives_with.2": "Part of the time",
    "parent_checked.1": "2026-03-02",
    "parent_checked.2": "2026-03-19",
    "parent_notices.1": "None",
    "parent_notices.2": "None",
    "leave_asked_on": "2026-03-16",
    "leave_dates": "26 and 27 March 2026",
}


def _answers() -> Iterator[tuple[str, str]]:
    """An answer to every question that people are asked; those above, else a plain one of the right kind."""
    plain = {DATE: "2026-03-16", YES_NO: "No"}
    for field in all_fields().values():
        if not field.asked or field.of == "sibling":
            continue
        for name in (f"{field.id}.1", f"{field.id}.2") if field.of == "parent" else (field.id,):
            usual = field.choices[0] if field.kind == CHOICE else plain.get(field.kind, "None")
            if name in _SAID or not field.known:
                yield name, _SAID.get(name, usual)


ANSWERS: Mapping[str, str] = dict(_answers())
