"""Random small schools: calendars, pupils and marks as a register might really hold them, and worse."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from hypothesis import strategies as st
from tests import oracle
from tests.oracle import DAY, Mark, Pupil

SCHOOL, INSET, HOLIDAY, BANK_HOLIDAY, CLOSURE = "school", "inset", "holiday", "bank_holiday", "closure"

LINES = tuple(
    Fraction(text)
    for text in "98 97.95 97.9 96 95 94.9 93 92 91.9 91.5 91 90 86 85.5 85 50".split()  # noqa: SIM905 - reads best
)
"""Percentages at which one of the policies, or the law, draws a line, and three between the lines."""


@dataclass(frozen=True, repr=False)
class School:
    """What the files of the contract hold. `kinds` is None where there is no calendar.csv."""

    pupils: tuple[Pupil, ...]
    marks: tuple[Mark, ...]
    kinds: dict[date, str] | None
    as_of: date

    def __repr__(self) -> str:
        """Short enough to read when an example fails: runs of days of one kind, and the marks of who was not there."""
        told = self.kinds or dict.fromkeys(sorted({m.day for m in self.marks if m.code != "#"}), "marks, no calendar")
        runs = [(kind, [*days]) for kind, days in groupby(sorted(told), key=lambda day: told[day])]
        calendar = "; ".join(f"{days[0]:%a} {days[0]}..{days[-1]} {kind} ({len(days)} days)" for kind, days in runs)
        odd = [f"{m.pupil_id} {m.day} {m.session} {m.code}" for m in self.marks if m.code not in {"/", "\\", "#"}]
        more = f" and {len(odd) - 100} more" if len(odd) > 100 else ""
        return f"School({self.as_of:%a} {self.as_of}, {calendar}, {self.pupils}, odd marks: {odd[:100]}{more})"

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        """What hypothesis asks when it prints an example: it would print every field of a dataclass."""
        printer.text(repr(self))


# --- Calendars --------------------------------------------------------------------------------------------------------


def _weekdays(first: date, last: date) -> list[date]:
    return [day for n in range((last - first).days + 1) if (day := first + n * DAY).weekday() < 5]


@st.composite
def years(draw: st.DrawFn, autumn: int, most_half_terms: int) -> dict[date, str]:
    """One school year, every weekday of it told: half terms of 1 to 8 weeks, breaks of 0 to 3."""
    first = date(autumn, 8, 25 if draw(st.integers(0, 3)) else 12)  # in 2024 the codes changed on 19 August
    day = first + draw(st.integers(0, 14)) * DAY  # midweek and weekend starts too
    close = date(autumn + 1, 7, 24)
    kinds: dict[date, str] = {}
    for _ in range(draw(st.sampled_from((*range(1, most_half_terms + 1), *(most_half_terms,) * 5)))):
        weeks = draw(st.sampled_from((1, 2, 3, 4, 5, 6, 6, 7, 7, 8)))
        last = min(oracle.monday(day) + (7 * weeks - 3) * DAY - draw(st.sampled_from((0, 0, 0, 1, 3, 4))) * DAY, close)
        kinds |= dict.fromkeys(_weekdays(day, last), SCHOOL)
        after = max(last, day) + draw(st.sampled_from((0, 7, 7, 7, 14, 14, 21, 4, 5, 6))) * DAY
        kinds |= dict.fromkeys(_weekdays(last + DAY, after), HOLIDAY)
        day = after + DAY
        if day > close:
            break
    if not any(kind == SCHOOL for kind in kinds.values()):  # it began on a weekend, or ended before it began
        kinds[oracle.monday(day) + 7 * DAY] = SCHOOL
    for _ in range(draw(st.integers(0, 5))):
        _interrupt(draw, kinds)
    return kinds


def _interrupt(draw: st.DrawFn, kinds: dict[date, str]) -> None:
    """Something that is not plain school: INSET, a bank holiday, a closure, or a week with one day of school."""
    days = sorted(kinds)
    at = draw(st.integers(0, len(days) - 1))
    what = draw(st.sampled_from((INSET, BANK_HOLIDAY, CLOSURE, "whole week closed", "one-day week", "edge")))
    if what == "one-day week":
        for day in days:
            if oracle.monday(day) == oracle.monday(days[at]) and day != days[at] and kinds[day] == SCHOOL:
                kinds[day] = draw(st.sampled_from((INSET, BANK_HOLIDAY, HOLIDAY)))
        return
    if what == "edge":  # the last or first days of a half term, next to a holiday
        edges = [n for n in range(1, len(days)) if (kinds[days[n]] == HOLIDAY) != (kinds[days[n - 1]] == HOLIDAY)]
        at = draw(st.sampled_from(edges)) if edges else at
        at -= draw(st.integers(0, min(2, at)))
    if what == "whole week closed":
        at -= min(at, days[at].weekday())
    length = 5 if what == "whole week closed" else draw(st.integers(1, 5))
    kind = what if what in {INSET, BANK_HOLIDAY, CLOSURE} else draw(st.sampled_from((CLOSURE, INSET, BANK_HOLIDAY)))
    for day in days[at : at + length]:
        if kinds[day] == SCHOOL or kind == BANK_HOLIDAY:  # a bank holiday can fall in the holidays; nothing closes then
            kinds[day] = kind


# --- Pupils and marks -------------------------------------------------------------------------------------------------


def _dobs(autumn: int) -> st.SearchStrategy[date | None]:
    """Of compulsory age, unknown, or around its first or last day."""
    around = st.integers(-2, 2).map(timedelta)
    becoming_five = st.sampled_from([date(autumn - 5 + n, m, 31) for n in (0, 1) for m in (3, 8, 12)])
    near_five = st.builds(lambda day, by: day + by, becoming_five, around)
    near_sixteen = st.builds(
        lambda year, by: date(year, 9, 1) + by, st.just(autumn - 15) | st.just(autumn - 16), around
    )
    plain = st.dates(date(autumn - 16, 1, 1), date(autumn - 4, 12, 31))
    return st.none() | st.just(date(autumn - 8, 2, 1)) | near_five | near_sixteen | plain


@st.composite
def _pupils(draw: st.DrawFn, days: list[date], autumn: int) -> tuple[Pupil, ...]:
    ids = draw(st.lists(st.sampled_from(("P1", "P2", "P10", "a", "007")), min_size=1, max_size=5, unique=True))
    edges = st.sampled_from(days) | st.dates(days[0] - 9 * DAY, days[-1] + 9 * DAY)
    found = []
    for pupil_id in ids:
        start = draw(edges) if draw(st.integers(0, 4)) == 4 else None
        end = draw(edges) if draw(st.integers(0, 4)) == 4 else None
        if start and end and end < start:
            start, end = end, start
        found.append(Pupil(pupil_id, draw(_dobs(autumn)), start, end))
    return tuple(found)


def _absences(day: date) -> list[str]:
    return [code for code in oracle.codes_in_use(day) if code not in {"/", "\\"}]


CHANGES = (("line",), ("line",), ("spells",), ("scatter",), ("spells", "scatter"), ("scatter", "line"), ())
"""What happens to a pupil who would always be there."""

Grid = dict[tuple[date, str], str]


def _present(days: list[date], kinds: dict[date, str]) -> Grid:
    """A pupil who is always there. A closure is coded as it is on its date."""
    grid = {}
    for day in days:
        closed = "Y4" if day >= oracle.NEW_CODES else "Y"
        for session, here in (("AM", "/"), ("PM", "\\")):
            grid[day, session] = closed if kinds[day] == CLOSURE else here
    return grid


@st.composite
def _spells(draw: st.DrawFn, grid: Grid, taught: list[tuple[date, str]]) -> None:
    """Runs of one code each, from one session to some weeks."""
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(taught) - 1))
        length = draw(st.integers(1, 4) | st.integers(1, 40))
        codes = _absences(taught[at][0])
        common = st.sampled_from([code for code in ("O", "N", "G", "U", "I", "L") if code in codes])
        code = draw(common | st.sampled_from(codes))
        for key in taught[at : at + length]:
            grid[key] = code if code in _absences(key[0]) else "O"


@st.composite
def _scatter(draw: st.DrawFn, grid: Grid, taught: list[tuple[date, str]]) -> None:
    """Single marks all over the year, sparse to dense, of every code."""
    random = draw(st.randoms(use_true_random=False))
    share = draw(st.sampled_from((0.01, 0.03, 0.06, 0.1, 0.12, 0.3, 0.6, 1.0)))
    favourite = draw(st.sampled_from(("", "O", "N", "I", "U", "L", "-", "#")))
    for key in taught:
        if random.random() < share:
            codes = _absences(key[0])
            grid[key] = favourite if favourite and random.random() < 0.8 else random.choice(codes)


@st.composite
def _on_the_line(draw: st.DrawFn, grid: Grid, taught: list[tuple[date, str]], as_of: date) -> None:
    """As many absences as put the pupil on a threshold on the as-of date, or one session to either side of it."""
    begins = date(as_of.year - (as_of.month < 8), 8, 1)
    counted = [key for key in taught if begins <= key[0] <= as_of]
    line = draw(st.sampled_from(LINES))
    exact = len(counted) * (100 - line) / 100
    count = min(max(int(exact) + draw(st.sampled_from((0, 0, 0, 1, 1, -1, 2))), 0), len(counted))
    where = draw(st.sampled_from(("first", "last", "anywhere")))
    if where == "anywhere":
        chosen = draw(st.randoms(use_true_random=False)).sample(counted, count)
    else:
        chosen = counted[:count] if where == "first" else counted[len(counted) - count :]
    codes = draw(st.sampled_from(("I", "O", "N", "NO", "IO")))
    for number, key in enumerate(sorted(chosen)):
        grid[key] = codes[number % len(codes)]


@st.composite
def _gaps(draw: st.DrawFn, grid: Grid) -> None:
    """Rows that are not in the file at all."""
    keys = sorted(grid)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(keys) - 1))
        for key in keys[at : at + draw(st.integers(1, 30))]:
            grid.pop(key, None)


@st.composite
def _as_of(draw: st.DrawFn, days: list[date], kinds: dict[date, str]) -> date:
    """A school day mostly; also weekends, holidays, broken weeks, and dates before the first day and after the last."""
    where = draw(
        st.sampled_from(("late in the file",) * 5 + ("a school day",) * 3 + ("broken", "any", "before", "after"))
    )
    weeks = {oracle.monday(day) for day in days}
    broken = sorted(day for day, kind in kinds.items() if kind != SCHOOL and oracle.monday(day) in weeks)
    if where == "late in the file":
        return draw(st.sampled_from(days[-len(days) // 4 :]))
    if where == "broken" and broken:  # no school, in a school week: often before the first day of a half term
        return draw(st.sampled_from(broken))
    if where == "any":
        return draw(st.dates(days[0], days[-1]))
    if where == "before":
        return days[0] - draw(st.integers(1, 40)) * DAY
    if where == "after":
        return days[-1] + draw(st.integers(1, 60)) * DAY
    return draw(st.sampled_from(days))


@st.composite
def schools(draw: st.DrawFn, most_half_terms: int = 7) -> School:
    """A school of one or two school years, with the marks up to any day of it."""
    autumn = draw(st.sampled_from((2025, 2025, 2024, 2023)))
    kinds = draw(years(autumn, most_half_terms))
    if draw(st.booleans()):
        kinds |= draw(years(autumn + 1, most_half_terms))
    days = sorted(day for day, kind in kinds.items() if kind in {SCHOOL, CLOSURE})
    if not any(kinds[day] == SCHOOL for day in days):
        kinds[days[0] if days else min(kinds)] = SCHOOL
        days = sorted(day for day, kind in kinds.items() if kind in {SCHOOL, CLOSURE})
    as_of = draw(_as_of(days, kinds))
    pupils = draw(_pupils(days, autumn))
    until = (
        draw(st.sampled_from(days)) if draw(st.integers(0, 4)) == 4 else None
    )  # the file may end before the calendar does

    marks: list[Mark] = []
    for pupil in pupils:
        written = [day for day in days if until is None or day <= until]
        if draw(st.booleans()):  # no rows while the child was not on roll; otherwise the system wrote them all the same
            written = [day for day in written if oracle.on_roll(pupil, day)]
        grid = _present(written, kinds)
        taught = [key for key in sorted(grid) if kinds[key[0]] == SCHOOL]
        if taught:
            for change in draw(st.sampled_from(CHANGES)):
                if change == "spells":
                    draw(_spells(grid, taught))
                elif change == "scatter":
                    draw(_scatter(grid, taught))
                else:
                    draw(_on_the_line(grid, [key for key in taught if oracle.on_roll(pupil, key[0])], as_of))
            if draw(st.integers(0, 3)) == 0:
                draw(_gaps(grid))
        marks += [Mark(pupil.pupil_id, day, session, code) for (day, session), code in sorted(grid.items())]
    marks += draw(_closed_days(kinds, pupils))
    told = draw(st.sampled_from((None, HOLIDAY, "")))  # no calendar; one without its holidays; one with them
    kept = None if told is None else {day: kind for day, kind in kinds.items() if kind != told}
    return School(pupils, tuple(marks), kept, as_of)


@st.composite
def _closed_days(draw: st.DrawFn, kinds: dict[date, str], pupils: tuple[Pupil, ...]) -> list[Mark]:
    """Some systems write `#` on holidays and at weekends."""
    if not draw(st.booleans()):
        return []
    first, last = min(kinds), max(kinds)
    closed = [day for n in range((last - first).days + 1) if kinds.get(day := first + n * DAY) not in {SCHOOL, CLOSURE}]
    return [Mark(pupil.pupil_id, day, half, "#") for pupil in pupils for day in closed[:30] for half in ("AM", "PM")]
