"""An independent second opinion on `halfday evaluate`: plain, slow, and written from the design page alone.

Nothing here imports the engine. Quotations are from section 3 ("Words, exactly") and section 7 ("Contract for
`evaluate`") of the design, or from the reference notes on the law ("law notes"). Where the text leaves a choice, the
choice is a comment that begins with DECISION.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

DAY = timedelta(days=1)

# --- Codes: attendance_codes.csv, written out -------------------------------------------------------------------------

PRESENT, AUTHORISED, UNAUTHORISED, NOT_COUNTED, MISSING = (
    "present",
    "authorised",
    "unauthorised",
    "not counted",
    "missing",
)

NEW_CODES = date(2024, 8, 19)
"""The first day of the current codes; the last day of the old ones is the day before."""

_ALWAYS = {
    PRESENT: "/ \\ L V P W B",
    AUTHORISED: "C E I M R S T",
    UNAUTHORISED: "G N O U",
    NOT_COUNTED: "X Z #",
    MISSING: "-",
}
_CURRENT = {PRESENT: "K", AUTHORISED: "C1 C2 J1", NOT_COUNTED: "Q Y1 Y2 Y3 Y4 Y5 Y6 Y7"}
_LEGACY = {PRESENT: "J", AUTHORISED: "H", NOT_COUNTED: "Y"}


def _table(*parts: dict[str, str]) -> dict[str, str]:
    return {code: kind for part in parts for kind, codes in part.items() for code in codes.split()}


def classes_on(day: date) -> dict[str, str]:
    """Every code in use on a day, with its class."""
    table = _table(_ALWAYS, _CURRENT if day >= NEW_CODES else _LEGACY)
    table["D"] = PRESENT if day <= date(2011, 8, 31) else NOT_COUNTED
    if day <= date(2013, 8, 31):
        table["F"] = AUTHORISED
    return table


_BY_ERA: dict[tuple[bool, bool, bool], dict[str, str]] = {}


def class_of(code: str, day: date) -> str:
    era = (day >= NEW_CODES, day <= date(2011, 8, 31), day <= date(2013, 8, 31))
    if era not in _BY_ERA:
        _BY_ERA[era] = classes_on(day)
    return _BY_ERA[era][tidy(code)]


def tidy(code: str) -> str:
    """Codes are folded and trimmed ("Case-fold and trim"); a blank is a missing mark ("`-`/blank = missing mark")."""
    return code.strip().upper() or "-"


# --- What is given ----------------------------------------------------------------------------------------------------


class Pupil(NamedTuple):
    pupil_id: str
    dob: date | None = None
    start: date | None = None
    end: date | None = None


class Mark(NamedTuple):
    pupil_id: str
    day: date
    session: str
    code: str


class Band(NamedTuple):
    name: str
    floor: Fraction
    inclusive: bool = True
    written_to: Fraction | None = None


class Step(NamedTuple):
    number: int
    cut: Fraction
    inclusive: bool = False
    """True for "X and below", False for "below X"."""


class Threshold(NamedTuple):
    sign: str
    value: Fraction


class Policy(NamedTuple):
    bands: tuple[Band, ...]
    """From the top down."""
    ladder: tuple[Step, ...]
    min_possible: int = 20
    thresholds: tuple[Threshold, ...] = ()
    """What a printed figure is compared with, beyond bands, ladder and the two national measures."""


# --- The calendar -----------------------------------------------------------------------------------------------------


def monday(day: date) -> date:
    return day - day.weekday() * DAY


@dataclass(frozen=True)
class HalfTerm:
    begins: date
    """The Monday of its first school week. DECISION: "a run of school weeks", so it begins with its first week, even
    where that week begins with an INSET day."""
    days: tuple[date, ...]
    """Its school days."""
    year: int
    """School year: the autumn it began in."""
    running: bool = False


@dataclass(frozen=True)
class Calendar:
    school_days: tuple[date, ...]
    weeks: tuple[date, ...]
    """Mondays of the school weeks."""
    half_terms: tuple[HalfTerm, ...]

    def half_term_at(self, day: date) -> HalfTerm | None:
        """The half term of a day.

        DECISION: "each ending at the as-of date" says nothing of a date in a holiday. A window then is that of the last
        half term (term, year, week) that has begun, so the half term just ended can still be read in the holiday.
        """
        begun = [half_term for half_term in self.half_terms if half_term.begins <= day]
        return begun[-1] if begun else None

    def year_begins(self, day: date) -> date | None:
        """The first Monday of the school year of a day.

        DECISION: "the school year" is not defined on the page. The Education Act 1996, section 579: it begins with the
        first term to begin after July. So the summer holiday still belongs to the year that is ending.
        """
        now = self.half_term_at(day)
        return None if now is None else self._of_year(now)[0].begins

    def term_begins(self, day: date) -> date | None:
        """The page: "a term is two half terms". DECISION: pairs, from the first half term known of the year."""
        now = self.half_term_at(day)
        if now is None:
            return None
        of_year = self._of_year(now)
        place = of_year.index(now)
        return of_year[place - place % 2].begins

    def _of_year(self, now: HalfTerm) -> list[HalfTerm]:
        return [half_term for half_term in self.half_terms if half_term.year == now.year]

    def last_weeks(self, day: date, number: int) -> list[date]:
        """The last school weeks begun. DECISION: a week begins on its Monday, taught or not."""
        return [week for week in self.weeks if week <= day][-number:]


def calendar_of(marks: Iterable[Mark], kinds: dict[date, str] | None) -> Calendar:
    """School days, weeks and half terms, from calendar.csv or from the marks of the whole file."""
    if kinds is None:
        # "without it, school days are the days with marks that are not all `#`, taken over the whole file"
        # DECISION: literally; a missing mark, Y4 or Z is a mark that is not `#`, and marks off roll belong to the file.
        school = sorted({mark.day for mark in marks if tidy(mark.code) != "#"})
    else:
        # DECISION, where the page allows two readings and this is the engine's: a day of kind `closure` is a school
        # day, so the last one of a half term can be its review day. Only of its week is it said: "an unexpected closure
        # (Y4 is still a scheduled week)". It agrees with the reading without a calendar: a day of Y4 is a school day.
        # By the other reading the review is on the last day taught, and is known before the closure is.
        school = sorted(day for day, kind in kinds.items() if kind in {"school", "closure"})
    weeks = sorted({monday(day) for day in school})

    runs: list[list[date]] = []
    for day in school:
        if not runs or _splits(runs[-1][-1], day, kinds):
            runs.append([])
        runs[-1].append(day)
    half_terms = [
        HalfTerm(
            begins=monday(run[0]),
            days=tuple(run),
            year=run[0].year if run[0].month >= 8 else run[0].year - 1,
            # The page: "the last half term counts as still running (no review day yet)".
            running=kinds is None and run is runs[-1],
        )
        for run in runs
    ]
    return Calendar(tuple(school), tuple(weeks), tuple(half_terms))


def _splits(before: date, after: date, kinds: dict[date, str] | None) -> bool:
    """Whether a new half term begins after a gap: "at least five consecutive weekdays have no school".

    DECISION: "never split on bank holidays, INSET or an unexpected closure" means a gap made of these alone. In a gap
    that has a holiday too they count as days without school, or the week of the spring bank holiday (one bank holiday
    and four days of holiday) would not end a half term. A day in no row of calendar.csv is a holiday.
    """
    gap = [day for day in _days(before + DAY, after) if day.weekday() < 5]
    if len(gap) < 5:
        return False
    return kinds is None or any(kinds.get(day, "holiday") == "holiday" for day in gap)


def _days(first: date, before: date) -> list[date]:
    return [first + number * DAY for number in range((before - first).days)]


# --- Measures ---------------------------------------------------------------------------------------------------------

COUNTS = ("possible", "attended", "authorised", "unauthorised", "late_before", "late_after", "missing")
WINDOWS = ("ytd", "half_term", "term", "week", "last_4_weeks")


def counts(marks: Iterable[Mark]) -> dict[str, int]:
    """The seven counts. DECISION: `missing` counts rows that say `-` or blank; a row that is not there is no mark."""
    found = dict.fromkeys(COUNTS, 0)
    for mark in marks:
        kind = class_of(mark.code, mark.day)
        found["attended"] += kind == PRESENT
        found["authorised"] += kind == AUTHORISED
        found["unauthorised"] += kind == UNAUTHORISED
        found["missing"] += kind == MISSING
        found["late_before"] += tidy(mark.code) == "L"
        found["late_after"] += tidy(mark.code) == "U"
    found["possible"] = found["attended"] + found["authorised"] + found["unauthorised"]
    return found


def on_roll(pupil: Pupil, day: date) -> bool:
    """Whether a mark counts: "first session of the school year on roll". DECISION: first and last day included."""
    return (pupil.start is None or day >= pupil.start) and (pupil.end is None or day <= pupil.end)


class Entered(NamedTuple):
    """A stage and the day it was entered."""

    stage: int
    since: date | None


# --- Figures, bands, stages -------------------------------------------------------------------------------------------


def percent_of(found: dict[str, int]) -> Fraction | None:
    """The exact figure: "no possible sessions = no result (not 0%, not 100%)"."""
    return Fraction(100 * found["attended"], found["possible"]) if found["possible"] else None


def half_up(figure: Fraction, decimals: int) -> str:
    scaled = figure * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return f"{whole // 10**decimals}.{whole % 10**decimals:0{decimals}d}"


def holds(figure: Fraction, sign: str, value: Fraction) -> bool:
    return {">=": figure >= value, ">": figure > value, "<": figure < value, "<=": figure <= value}[sign]


def thresholds_of(policy: Policy) -> list[Threshold]:
    """Bands, ladder, what the policy adds, and persistent and severe absence as attendance (90 and 50, "and below")."""
    found = [Threshold(">=" if band.inclusive else ">", band.floor) for band in policy.bands]
    found += [Threshold("<=" if step.inclusive else "<", step.cut) for step in policy.ladder]
    found += policy.thresholds
    return [*found, Threshold("<=", Fraction(90)), Threshold("<=", Fraction(50))]


def printed(figure: Fraction | None, policy: Policy) -> str | None:
    """The figure: "one decimal, half **up**; where [it] would sit on the wrong side of a threshold, print two".

    DECISION: two decimals are the end of it, also where two do not suffice: nothing is said of a third.
    """
    if figure is None:
        return None
    text = half_up(figure, 1)
    for sign, value in thresholds_of(policy):
        if holds(figure, sign, value) != holds(Fraction(text), sign, value):
            return half_up(figure, 2)
    return text


def band_of(figure: Fraction | None, policy: Policy) -> tuple[str | None, bool]:
    """The band, and whether the gap rule placed it.

    DECISION: "When the policy as written leaves a gap and this rule closed it": the exact figure is above what the
    policy writes as the top of the band.
    """
    if figure is None:
        return None, False
    for band in policy.bands:
        if holds(figure, ">=" if band.inclusive else ">", band.floor):
            return band.name, band.written_to is not None and figure > band.written_to
    return None, False


def candidate(figure: Fraction | None, possible: int, policy: Policy) -> int:
    """What the ladder asks for "on exact `ytd` once `possible >= min_possible` (default 20, else 0)"."""
    if figure is None or possible < policy.min_possible:
        return 0
    held = [step.number for step in policy.ladder if holds(figure, "<=" if step.inclusive else "<", step.cut)]
    return max(held, default=0)


def stage_at(pupil: Pupil, marks: Sequence[Mark], calendar: Calendar, policy: Policy, as_of: date) -> Entered:
    """Stage on the as-of date and the day it was entered, replayed over every school day.

    DECISION, where the page allows two readings and this is the engine's: "On each school day D" starts again with
    none on the first day of a school year, as the figure does. Read to the letter, `stage(D-1)` of the first day of
    September is the stage of July, which would stand until the first review day.
    DECISION, likewise the engine's: a pupil who has left is not reviewed any more; the last stage on roll stands
    ("leavers up to leaving date", law notes 2.6). To the letter, the next review day is a school day D like any other.
    DECISION, likewise: a step down to 0 ("none") is a day of entry too; null is for a pupil who had no stage this year.
    DECISION: marks on days that are not school days are in the figure of the next school day.
    """
    reviews = {half_term.days[-1] for half_term in calendar.half_terms if not half_term.running}
    begins = calendar.year_begins(as_of)
    this_year = [mark for mark in marks if begins is not None and mark.day >= begins]
    stage, since = 0, None
    possible, attended, counted_to = 0, 0, date.min
    for day in calendar.school_days:
        if begins is None or not begins <= day <= as_of or not on_roll(pupil, day):
            continue
        found = counts(mark for mark in this_year if counted_to < mark.day <= day)
        possible, attended, counted_to = possible + found["possible"], attended + found["attended"], day
        figure = Fraction(100 * attended, possible) if possible else None
        now = candidate(figure, possible, policy)
        new = now if day in reviews else max(stage, now)
        if new != stage:
            stage, since = new, day
    return Entered(stage, since)


# --- Penalty threshold ------------------------------------------------------------------------------------------------


def compulsory_from(dob: date) -> date:
    """The first day: "the prescribed day (31 Dec, 31 Mar, 31 Aug) on or after the 5th birthday" (law notes 1)."""
    fifth = (dob.year + 5, dob.month, dob.day)
    days = [(year, month, 31) for year in (dob.year + 5, dob.year + 6) for month in (3, 8, 12)]
    return date(*min(day for day in sorted(days) if day >= fifth))


def compulsory_to(dob: date) -> date:
    """The last day: "last Friday of June of Year 11", the year (September to August) of the 16th birthday."""
    june = date(dob.year + 16 + (dob.month >= 9), 6, 30)
    return june - ((june.weekday() - 4) % 7) * DAY


def compulsory(pupil: Pupil, day: date) -> bool:
    """DECISION: session by session; the first and the last day included; a pupil without a date of birth counts."""
    return pupil.dob is None or compulsory_from(pupil.dob) <= day <= compulsory_to(pupil.dob)


def penalty_of(pupil: Pupil, marks: Iterable[Mark], calendar: Calendar) -> dict[str, object]:
    """G+N+O+U "in any 10 consecutive school weeks (this week and the 9 before, across terms and years)".

    Marks are those on roll up to the as-of date. DECISION: N that are unresolved are counted in the window of the
    largest count ("how many are N": of "the sessions" reported). If several windows have that count, in the first of
    them: the page allows any, and this is the engine's reading.
    """
    guilty = sorted(
        (mark.day, tidy(mark.code))
        for mark in marks
        if tidy(mark.code) in {"G", "N", "O", "U"} and compulsory(pupil, mark.day)
    )
    count, unresolved, first_met = 0, 0, None
    for day in sorted({when for when, _ in guilty}):
        weeks = calendar.last_weeks(day, 10)
        window = [code for when, code in guilty if weeks and weeks[0] <= when <= day]
        if len(window) > count:
            count, unresolved = len(window), window.count("N")
        if len(window) >= 10 and first_met is None:
            first_met = day
    return {
        "count": count,
        "met": count >= 10,
        "first_met": first_met and first_met.isoformat(),
        "unresolved_n": unresolved,
    }


# --- The answer -------------------------------------------------------------------------------------------------------


def evaluate(
    policy: Policy,
    pupils: Sequence[Pupil],
    marks: Sequence[Mark],
    kinds: dict[date, str] | None,
    as_of: date,
) -> list[dict[str, object]]:
    """What `halfday evaluate --json` says of each pupil, apart from wording, triggers and actions."""
    calendar = calendar_of(marks, kinds)
    return [one(policy, pupil, marks, calendar, as_of) for pupil in sorted(pupils, key=lambda each: each.pupil_id)]


def one(policy: Policy, pupil: Pupil, marks: Sequence[Mark], calendar: Calendar, as_of: date) -> dict[str, object]:
    """One pupil. DECISION: a pupil without a mark, or not on roll on the as-of date, is in the answer all the same."""
    mine = [m for m in marks if m.pupil_id == pupil.pupil_id and m.day <= as_of and on_roll(pupil, m.day)]
    half_term, weeks = calendar.half_term_at(as_of), calendar.last_weeks(as_of, 4)
    begins = {
        "ytd": calendar.year_begins(as_of),
        "half_term": None if half_term is None else half_term.begins,
        "term": calendar.term_begins(as_of),
        "week": weeks[-1] if weeks else None,
        "last_4_weeks": weeks[0] if weeks else None,
    }
    windows = {name: counts(m for m in mine if first is not None and m.day >= first) for name, first in begins.items()}
    ytd = windows["ytd"]
    figure = percent_of(ytd)
    band, by_gap_rule = band_of(figure, policy)
    stage, since = stage_at(pupil, mine, calendar, policy, as_of)
    absent = ytd["authorised"] + ytd["unauthorised"]
    return {
        "pupil_id": pupil.pupil_id,
        "windows": windows,
        "percent": printed(figure, policy),
        "band": band,
        "by_gap_rule": by_gap_rule,
        "stage": stage,
        "stage_since": since and since.isoformat(),
        "persistent_absence": None if figure is None else 10 * absent >= ytd["possible"],
        "severe_absence": None if figure is None else 2 * absent >= ytd["possible"],
        "penalty": penalty_of(pupil, mine, calendar),
    }


def codes_in_use(day: date) -> list[str]:
    """Every code of the table that is in use on a day, in a fixed order."""
    return sorted(classes_on(day))


# --- Three of the schools, as tuples ----------------------------------------------------------------------------------


def _band(name: str, floor: int, written_to: str | None = None, *, inclusive: bool = True) -> Band:
    return Band(name, Fraction(floor), inclusive, None if written_to is None else Fraction(written_to))


STANTON_ROAD = Policy(
    bands=(
        _band("Above 96%", 96, inclusive=False),
        _band("92-96%", 92, "96"),
        _band("86-91%", 86, "91"),
        _band("85% and below", 0, "85"),
    ),
    ladder=(Step(1, Fraction(96), inclusive=True), Step(2, Fraction(92)), Step(3, Fraction(86))),
)
RIVINGTON = Policy(
    bands=(
        _band("A 98-100%", 98),
        _band("B 95-97.9%", 95, "97.9"),
        _band("C 92-94.9%", 92, "94.9"),
        _band("D 90-91.9%", 90, "91.9"),
        _band("E below 90%", 0),
    ),
    ladder=(Step(1, Fraction(95)), Step(2, Fraction(92)), Step(3, Fraction(90))),
)
WATH_CENTRAL = Policy(
    bands=(_band("Green", 96), _band("Amber", 92), _band("Red", 0)),
    ladder=(Step(1, Fraction(96)), Step(2, Fraction(92))),
)
SCHOOLS = {"stanton-road": STANTON_ROAD, "rivington": RIVINGTON, "wath-central": WATH_CENTRAL}
