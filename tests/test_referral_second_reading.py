"""Every figure of a pack is what somebody gets who counts the marks by hand: a second reading, in plain code.

Nothing here asks the engine how marks count: the codes stand below as the register's own table has them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.little_school import little_school

from halfday.contacted import MEETING, Contacted
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate
from halfday.printing import date_in_words, day_and_year
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.casework import Casework, SupportPlan
from halfday_sync.casework.plan_kinds import NOTICE
from halfday_sync.chronology import Story
from halfday_sync.referrals.case import Case, SchoolFacts
from halfday_sync.referrals.content import Facts, Grid, Sheet, Table
from halfday_sync.referrals.known.marks import known_marks
from halfday_sync.referrals.profile import Certificate, Profile
from halfday_sync.referrals.sheets import certificate, chronology, support, threshold

POLICY = little_school().policy
PROFILE = Profile("generic", "Referral", "The local authority", certificate=Certificate(2, 60))
ONE, OTHER = "1", "2"
ATTENDED, AUTHORISED, UNAUTHORISED, NOTHING, MISSING = "attended", "authorised", "unauthorised", "nothing", "missing"
NOW = {
    **dict.fromkeys(("/", "\\", "L", "B", "K", "P", "V", "W"), ATTENDED),
    **dict.fromkeys(("C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"), AUTHORISED),
    **dict.fromkeys(("G", "N", "O", "U"), UNAUTHORISED),
    **dict.fromkeys(("D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"), NOTHING),
    "-": MISSING,
}
"""SI 2024/208, regulation 10, from 19 August 2024; and the gap in a register."""
BEFORE = {
    **dict.fromkeys(("/", "\\", "L", "B", "J", "P", "V", "W"), ATTENDED),
    **dict.fromkeys(("C", "E", "H", "I", "M", "R", "S", "T"), AUTHORISED),
    **dict.fromkeys(("G", "N", "O", "U"), UNAUTHORISED),
    **dict.fromkeys(("D", "X", "Y", "Z", "#"), NOTHING),
    "-": MISSING,
}
"""The codes until then: J was attended, H was leave that was granted, Y was no possible session."""
CHANGED = date(2024, 8, 19)
ONE_DAY, WEEK = timedelta(days=1), timedelta(weeks=1)

# --- Two school years -------------------------------------------------------------------------------------------------

TERMS = (
    (date(2023, 9, 5), date(2023, 10, 20)), (date(2023, 10, 30), date(2023, 12, 20)),
    (date(2024, 1, 8), date(2024, 2, 9)), (date(2024, 2, 19), date(2024, 3, 28)),
    (date(2024, 4, 15), date(2024, 5, 24)), (date(2024, 6, 3), date(2024, 7, 23)),
    (date(2024, 9, 3), date(2024, 10, 25)), (date(2024, 11, 4), date(2024, 12, 20)),
    (date(2025, 1, 7), date(2025, 2, 14)), (date(2025, 2, 24), date(2025, 4, 4)),
    (date(2025, 4, 22), date(2025, 5, 23)), (date(2025, 6, 2), date(2025, 7, 22)),
)  # fmt: skip
SATURDAY_SCHOOL = {date(2024, 7, 6), date(2024, 11, 16), date(2025, 3, 15)}
OTHER_DAYS = {
    date(2023, 9, 4): "inset", date(2024, 5, 6): "bank_holiday", date(2024, 9, 2): "inset",
    date(2025, 1, 6): "inset", date(2025, 4, 21): "bank_holiday", date(2025, 5, 5): "bank_holiday",
    date(2025, 1, 9): "closure", date(2025, 6, 30): "inset",
}  # fmt: skip
EXTRA = (date(2024, 1, 13), date(2024, 10, 29), date(2025, 2, 1), date(2025, 6, 30))
"""A Saturday, a day in the holidays, another Saturday, a day for training: no school, and there are marks."""


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


KINDS: Mapping[date, str] = (
    {day: "school" for first, last in TERMS for day in days(first, last) if day.weekday() < 5}
    | dict.fromkeys(SATURDAY_SCHOOL, "school")
    | OTHER_DAYS
)
SCHOOL = sorted(day for day, kind in KINDS.items() if kind in ("school", "closure"))
THIS_YEAR = [day for day in SCHOOL if day >= date(2024, 9, 1)]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


WEEKS = sorted({monday(day) for day in SCHOOL})


# --- Children ---------------------------------------------------------------------------------------------------------


class World(NamedTuple):
    """A child, all its marks as somebody sent them, and what to ask on which day."""

    pupil: Pupil
    sent: Mapping[tuple[date, str], str]
    as_of: date
    talks: Sequence[date]
    notice: tuple[date, date]

    def __repr__(self) -> str:
        odd = ", ".join(f"{day} {half} {code}" for (day, half), code in self.sent.items() if code not in "/\\")
        child = f"{self.pupil.dob}, {self.pupil.start_date} to {self.pupil.end_date}"
        return f"World({child}; {odd}; up to {self.as_of}; {self.talks}, {self.notice})"

    @property
    def marks(self) -> dict[tuple[date, str], str]:
        """Those that count: on roll, and not after the last finished day."""
        first, last = self.pupil.start_date or date.min, self.pupil.end_date or date.max
        return {key: code for key, code in sorted(self.sent.items()) if first <= key[0] <= min(last, self.as_of)}

    def over(self, first: date, last: date) -> dict[tuple[date, str], str]:
        return {key: code for key, code in self.marks.items() if first <= key[0] <= last}


AWAY_NOW = st.sampled_from(["O O", "U \\", "G G", "N N", "I I", "C2 /", "/ C2", "L \\", "/ -", "X X", "Y1 Y1", "/ O",
                            "J1 /", "D D", "K K", "E E", "T T", "B B", "- -", ". .", "/ ."])  # fmt: skip
AWAY_BEFORE = st.sampled_from(["O O", "U \\", "G G", "H H", "J J", "Y Y", "C C", "T T", "B B", "D D", "X X", "L U"])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    as_of = draw(st.sampled_from([*THIS_YEAR[::7], *sorted(SATURDAY_SCHOOL)[1:], THIS_YEAR[-1], THIS_YEAR[0]]))
    dob = draw(st.sampled_from([date(2014, 5, 5), date(2019, 12, 3), date(2020, 4, 2), date(2009, 1, 1), None]))
    start = draw(st.sampled_from([None, None, date(2022, 9, 1), date(2024, 2, 21), date(2024, 11, 13)]))
    end = draw(st.sampled_from([None, None, None, date(2025, 1, 24), date(2025, 7, 22)]))
    no_last_year = draw(st.booleans())
    since = date(2024, 8, 1) if no_last_year else date(2023, 8, 1)
    sent = {(day, half): code for day in SCHOOL if day >= since for half, code in (("AM", "/"), ("PM", "\\"))}
    back = [day for day in SCHOOL if day <= as_of]
    recent = draw(st.lists(st.sampled_from(back[-60:]), max_size=14))
    other = draw(st.lists(st.sampled_from([*back, *EXTRA]), max_size=10))
    for day in (*recent, *other):
        if day < since:
            continue
        told = draw(AWAY_BEFORE if day < CHANGED else AWAY_NOW).split()
        sent |= {(day, half): code for half, code in zip(("AM", "PM"), told, strict=True)}
    asked = [*back, *(day for day in (date(2024, 8, 14), date(2025, 2, 18)) if day <= as_of)]
    talks = draw(st.lists(st.sampled_from(asked), max_size=4, unique=True))
    begins = draw(st.sampled_from(back[-50:]))
    notice = (begins, begins + timedelta(days=draw(st.sampled_from([20, 25, 41]))))
    kept = {key: code for key, code in sent.items() if code != "."}
    return World(Pupil(ONE, "", "Ash", "Bo", dob, start_date=start, end_date=end), kept, as_of, sorted(talks), notice)


def case_of(world: World) -> Case:
    """The child beside another one, who was always there: so the register goes on where this child has no mark."""
    rows = [Mark(ONE, day, half, code) for (day, half), code in world.sent.items()]
    rows += [Mark(OTHER, day, half, "/" if half == "AM" else "\\") for day in SCHOOL for half in ("AM", "PM")]
    register = Register.from_marks(rows, [ONE, OTHER])
    calendar = Calendar.from_kinds(KINDS, register.days_taught)
    contacts = tuple(Contacted(ONE, day, MEETING, "Came", key=str(day)) for day in world.talks)
    outcome = evaluate(POLICY, [world.pupil], register, calendar, world.as_of, contacts=contacts)[0]
    plan = SupportPlan("P1", ONE, NOTICE, *world.notice)
    return Case(
        school=SchoolFacts("Hazel Lane"),
        policy=POLICY,
        calendar=calendar,
        pupil=world.pupil,
        outcome=outcome,
        sessions=Sessions.of(world.pupil, Axis.of(register, calendar, world.as_of), register.marks_of(ONE)),
        story=Story(ONE, POLICY, Casework(contacts=contacts, plans=(plan,)), marks_until=world.as_of),
        as_of=world.as_of,
        made_on=world.as_of + ONE_DAY,
    )


# --- Counting by hand -------------------------------------------------------------------------------------------------


class Tally(NamedTuple):
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    early_late: int
    late: int
    unknown: int
    missing: int

    @property
    def missed(self) -> int:
        return self.possible - self.attended


def kind(key: tuple[date, str], code: str) -> str:
    return (NOW if key[0] >= CHANGED else BEFORE)[code]


def tally(rows: Mapping[tuple[date, str], str]) -> Tally:
    kinds = [kind(key, code) for key, code in rows.items()]
    here, granted, not_granted = (kinds.count(one) for one in (ATTENDED, AUTHORISED, UNAUTHORISED))
    told = list(rows.values())
    return Tally(
        here + granted + not_granted, here, granted, not_granted,
        told.count("L"), told.count("U"), told.count("N"), kinds.count(MISSING),
    )  # fmt: skip


def percent(attended: int, possible: int) -> str:
    """One decimal, halves up; two where one would tell another side of a threshold than the figure is on."""
    if not possible:
        return "no sessions"
    exact = Fraction(100 * attended, possible)
    tenths = Fraction((exact * 10 + Fraction(1, 2)).__floor__(), 10)
    for cut in POLICY.cuts:
        sides = [one >= cut.value if cut.inclusive else one > cut.value for one in (exact, tenths)]
        if sides[0] != sides[1]:
            hundredths = (exact * 100 + Fraction(1, 2)).__floor__()
            return f"{hundredths // 100}.{hundredths % 100:02d}%"
    return f"{int(tenths)}.{int(tenths * 10) % 10}%"


def table(sheet: Sheet, title: str) -> Table:
    return next(one for one in sheet.blocks if isinstance(one, Table) and one.title == title)


def facts(sheet: Sheet) -> dict[str, Any]:
    return {fact.label: fact.value for one in sheet.blocks if isinstance(one, Facts) for fact in one.rows}


def year_of(world: World, year: int) -> dict[tuple[date, str], str]:
    return world.over(date(year, 8, 1), date(year + 1, 7, 31))


# --- The certificate --------------------------------------------------------------------------------------------------

MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(worlds())
def test_the_certificate(world: World) -> None:
    sheet = certificate.sheet(case_of(world), PROFILE)
    figures = {str(label): told for label, *told in table(sheet, "In figures").rows}
    for at, year in enumerate((2024, 2023)):
        rows = year_of(world, year)
        told = {label: values[at] for label, values in figures.items()}
        if not rows:
            assert set(told.values()) == {"not held", ""}
            continue
        hand = tally(rows)
        assert told == {
            "Marks from": date_in_words(min(rows)[0]),
            "Marks to": date_in_words(max(rows)[0]),
            "Attendance": percent(hand.attended, hand.possible),
            "Possible sessions": hand.possible,
            "Sessions attended": hand.attended,
            "Sessions of authorised absence": hand.authorised,
            "Sessions of unauthorised absence": hand.unauthorised,
            "Late, before the register closed (L)": hand.early_late,
            "Late, after the register closed (U)": hand.late,
            "Reason not known yet (N)": hand.unknown,
            "Sessions without a mark": hand.missing,
        }
    codes = {str(row[0]) for row in table(sheet, "What the codes mean").rows}
    assert codes == {*year_of(world, 2024).values(), *year_of(world, 2023).values()}


@MANY
@given(worlds())
def test_each_week_of_the_certificate(world: World) -> None:
    sheet = certificate.sheet(case_of(world), PROFILE)
    grids = [one for one in sheet.blocks if isinstance(one, Grid)]
    assert [one.title for one in grids] == ["School year 2024/25", "School year 2023/24"]
    for grid, year in zip(grids, (2024, 2023), strict=True):
        rows = year_of(world, year)
        weeks = {week.label: week for week in grid.weeks}
        for first in {monday(day) for day, _half in rows}:
            week = weeks.pop(date_in_words(first))
            shown = [rows.get((first + timedelta(days=n), half), "") for n in range(5) for half in ("AM", "PM")]
            assert list(week.codes) == shown
            assert tuple(week.counts) == tally(world.over(first, first + timedelta(days=6)))[:6]
        assert not any(code for week in weeks.values() for code in week.codes)
        assert all(not any(week.counts) for week in weeks.values())
        assert tuple(grid.totals) == tally(rows)[:6]


@MANY
@given(worlds())
def test_the_last_sixty_sessions(world: World) -> None:
    possible = [key for key, code in world.marks.items() if kind(key, code) in (ATTENDED, AUTHORISED, UNAUTHORISED)]
    last = possible[-60:]
    here = sum(kind(key, world.marks[key]) == ATTENDED for key in last)
    one = case_of(world)
    told = known_marks(one)["last_sessions"]
    span = " to ".join(dict.fromkeys([day_and_year(last[0][0]), day_and_year(last[-1][0])])) if last else ""
    fewer = "" if len(last) == 60 else f"; only {len(last)} are held"
    assert told == (f"{here} of {len(last)} ({percent(here, len(last))}), {span}{fewer}" if last else "")
    shown = facts(certificate.sheet(one, PROFILE)).get("The last 60 possible sessions")
    assert shown == (f"{here} attended ({percent(here, 60)}), {span}" if len(last) == 60 else None)


# --- The threshold ----------------------------------------------------------------------------------------------------


def of_age(dob: date | None, day: date) -> bool:
    """From the term after the fifth birthday to the last Friday in June of Year 11; by hand for the children here."""
    ends = {date(2009, 1, 1): (date(2014, 3, 31), date(2025, 6, 27))}
    begins = {date(2019, 12, 3): date(2024, 12, 31), date(2020, 4, 2): date(2025, 8, 31)}
    first, last = ends.get(dob, (begins.get(dob, date.min), date.max)) if dob else (date.min, date.max)
    return first <= day <= last


def school_week(day: date) -> int:
    """Counted over both years; a day without school belongs to the week before it."""
    return sum(week <= day for week in WEEKS) - 1


@MANY
@given(worlds())
def test_the_threshold(world: World) -> None:
    sheet = threshold.sheet(case_of(world), PROFILE)
    counting = [(key, code) for key, code in world.marks.items() if code in "GNOU" and of_age(world.pupil.dob, key[0])]
    ends = [*sorted({school_week(key[0]) for key, _code in counting}), school_week(world.as_of)]
    windows = {end: [row for row in counting if end - 10 < school_week(row[0][0]) <= end] for end in ends}
    now = windows[ends[-1]]
    reached = {end: rows[9][0][0] for end, rows in windows.items() if len(rows) >= 10}
    shown = now if len(now) >= 10 or not reached else max(windows.values(), key=len)
    *weeks, together = table(sheet, "Week by week").rows or [()]
    sessions = table(sheet, "The sessions").rows
    said = [(row[0], row[1], row[2]) for row in sessions]
    by_day: dict[date, dict[str, str]] = {}
    for key, code in shown:
        by_day.setdefault(key[0], {})[key[1]] = code
    assert said == [(day_and_year(day), some.get("AM", ""), some.get("PM", "")) for day, some in by_day.items()]
    last = school_week(shown[-1][0][0]) if shown is not now else school_week(world.as_of)
    names = [week for week in WEEKS if last - 10 < school_week(week) <= last]
    assert [row[0] for row in weeks] == [date_in_words(week) for week in names]
    for row, first in zip(weeks, names, strict=True):
        after = [week for week in WEEKS if week > first]
        until = min(after[0] - ONE_DAY if after else world.as_of, world.as_of)
        mine = [code for key, code in shown if school_week(key[0]) == school_week(first)]
        assert row[1:] == (tally(world.over(first, until)).possible, *map(mine.count, "GNOU"), len(mine))
    assert together[1:] == tuple(sum(int(row[at]) for row in weeks) for at in range(1, 7))
    words = " ".join(line for one in sheet.blocks for line in getattr(one, "lines", ()))
    assert ("It was reached on" in words) == bool(reached)
    if len(shown) >= 10:
        assert f"It was reached on {day_and_year(shown[9][0][0])}." in words


# --- What was done ----------------------------------------------------------------------------------------------------


@MANY
@given(worlds())
def test_the_figure_on_each_day_of_the_chronology(world: World) -> None:
    rows = table(chronology.sheet(case_of(world), PROFILE), "Everything by date").rows
    told = {row[0]: row[4] for row in rows if row[1] == MEETING}
    assert len(told) == len(world.talks)
    for day in world.talks:
        begin = date(2024, 8, 1) if day >= monday(THIS_YEAR[0]) else date(2023, 8, 1)
        hand = tally(world.over(begin, day))
        figure = f"{percent(hand.attended, hand.possible)} ({hand.missed} of {hand.possible})"
        assert told[day_and_year(day)] == (figure if hand.possible else "")


@MANY
@given(worlds())
def test_the_weeks_before_and_after_support(world: World) -> None:
    rows = table(support.sheet(case_of(world), PROFILE), "Support and steps").rows
    assert [row[0] for row in rows] == [day_and_year(day) for day in world.talks]
    for day, row in zip(world.talks, rows, strict=True):
        before = [one for one in SCHOOL if one < day][-20:]
        after = [one for one in SCHOOL if day < one <= world.as_of][:20]
        if len(before) < 20 or len(after) < 20:
            assert row[2:] == ("not known", "not known")
            continue
        hands = tally(world.over(before[0], day - ONE_DAY)), tally(world.over(after[0], after[-1]))
        here = [key[0] for key in world.marks]
        is_short = not here or here[0] > before[0] or here[-1] < after[-1]
        if is_short or min(hand.possible for hand in hands) < 10:
            assert row[2:] == ("not known", "not known")
        else:
            assert row[2:] == tuple(percent(hand.attended, hand.possible) for hand in hands)


@MANY
@given(worlds())
def test_the_weeks_of_a_notice_to_improve(world: World) -> None:
    begins, ends = world.notice
    hand = tally(world.over(begins, ends))
    told = known_marks(case_of(world))["notice_result"]
    figures = f"{hand.attended} of {hand.possible} ({percent(hand.attended, hand.possible)})"
    so_far = "" if ends <= world.as_of else f"; so far, up to {day_and_year(world.as_of)}"
    assert told == f"{figures}; {hand.unauthorised} unauthorised{so_far}"
