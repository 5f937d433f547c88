"""The threshold sheet: the ten school weeks, the sessions that count in them, what that means. It decides nothing."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from halfday import codes, national, printing
from halfday.printing import date_in_words, day_and_year
from halfday.register import AM, PM
from halfday.school_year import ONE_DAY
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Cell, Sheet, Table, Words
from halfday_sync.referrals.counting import Span, between, leave, span_words, year_span, years
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.threshold_window import Threshold, threshold_of

LEAVE = "leave"
"""The reason for which spells of leave are listed even where there are none."""
_RULE = (
    "The national framework asks a school to consider, case by case, what to do next. The threshold is no penalty "
    "notice by itself, and support comes first unless it would not help."
)
_WEEKS = (
    "A school week is a week with at least one session, so holidays use up none of the ten. The weeks may lie in two "
    "terms or school years."
)


def sheet(case: Case, profile: Profile) -> Sheet:
    """The findings in sentences, the weeks, the sessions, and leave that was not granted."""
    found = threshold_of(case)
    blocks: list[Block] = [Words("What the register says", tuple(_findings(case, found)))]
    doubts = tuple(_doubts(case, found))
    if doubts:
        blocks.append(Words("Please check", doubts, warning=True))
    blocks += [_weeks(case, found), _sessions(found), *_leave(case)]
    return Sheet("threshold", "Threshold", tuple(blocks))


# --- In sentences -----------------------------------------------------------------------------------------------------


def _findings(case: Case, found: Threshold) -> Iterator[str]:
    weeks = printing.counted(len(found.weeks), "school week")
    yield f"In the {weeks} from {span_words(found.span)}, {_are(len(found.sessions))} coded {_codes()}."
    limit = f"The national threshold is {found.limit} such sessions in ten school weeks"
    if found.reached:
        yield f"{limit}. It was reached on {day_and_year(found.reached)}."
    else:
        yield f"{limit}. It is not reached."
    yield from _earlier(case, found)
    if found.open_until and found.is_now and found.open_until > case.as_of:
        begin, end = day_and_year(found.sessions[0][0].date), day_and_year(found.open_until)
        yield f"The ten school weeks that begin with {begin} go on until {end}: what is coded so by then counts too."
    if found.reached:
        yield _RULE
    yield _WEEKS


def _are(count: int) -> str:
    return f"there {'is' if count == 1 else 'are'} {printing.counted(count, 'session')}"


def _codes() -> str:
    *first, last = codes.PENALTY
    return f"{', '.join(first)} or {last}"


def _earlier(case: Case, found: Threshold) -> Iterator[str]:
    """Where the threshold was met in other weeks too, or only in others."""
    first = case.outcome.penalty.first_met
    if not found.is_now:
        yield f"These weeks are over. In the ten school weeks up to {day_and_year(case.as_of)}, {_are(found.now)}."
    if first and first < found.span.first:
        yield f"In the marks that are held it was first reached on {day_and_year(first)}."


def _doubts(case: Case, found: Threshold) -> Iterator[str]:
    if found.unresolved:
        left = len(found.sessions) - found.unresolved
        still = "still be" if left >= found.limit else "not be"
        then = f", and the threshold would {still} reached in these weeks" if found.reached else ""
        many = f"{found.unresolved} of these sessions {'is' if found.unresolved == 1 else 'are'}"
        count = printing.counted(left, "session")
        yield f"{many} coded N: the reason is not known yet. With an authorised reason {count} would count{then}."
    if found.left_out:
        sessions = printing.counted(found.left_out, "session")
        yield f"Not counted: {sessions} while {case.name} was not of compulsory school age{_age(case)}."
    if case.pupil.dob is None:
        yield "No date of birth is known here, so nobody checked that all of this is of compulsory school age."


def _age(case: Case) -> str:
    dob = case.pupil.dob
    if dob is None:
        return ""
    first, last = national.compulsory_from(dob), national.compulsory_until(dob)
    return f" ({day_and_year(first)} to {day_and_year(last)})"


# --- Tables -----------------------------------------------------------------------------------------------------------


def _weeks(case: Case, found: Threshold) -> Table:
    """Each week with its possible sessions and how often each code stands in it."""
    coded: dict[date, Counter[str]] = {week: Counter() for week in found.weeks}
    for key, code in found.sessions:
        coded[case.calendar.weeks[case.calendar.week_index(key.date)]][code] += 1
    rows: list[tuple[Cell, ...]] = [
        (date_in_words(week), between(case, days).possible, *_counts(coded[week]))
        for week, days in zip(found.weeks, _days_of(found), strict=True)
    ]
    if rows:
        possible = between(case, Span(found.weeks[0], found.span.last)).possible
        rows.append(("Together", possible, *_counts(sum(coded.values(), Counter[str]()))))
    headings = ("Week beginning", "Possible sessions", *codes.PENALTY, "Count")
    return Table("Week by week", headings, tuple(rows), (3, 3, 1, 1, 1, 1, 2), "No school week has begun yet.")


def _days_of(found: Threshold) -> list[Span]:
    """The days of each week, up to the next school week: a mark in the holidays belongs to the week before."""
    ends = [*(week - ONE_DAY for week in found.weeks[1:]), found.span.last]
    return [Span(week, end) for week, end in zip(found.weeks, ends, strict=True)]


def _counts(found: Counter[str]) -> tuple[int, ...]:
    return (*(found[code] for code in codes.PENALTY), found.total())


def _sessions(found: Threshold) -> Table:
    """Day by day, with the count so far: where it says ten, the threshold was reached."""
    rows, count = [], 0
    for day, some in groupby(found.sessions, key=lambda row: row[0].date):
        said = {key.session: code for key, code in some}
        count += len(said)
        rows.append((day_and_year(day), said.get(AM, ""), said.get(PM, ""), count))
    headings = ("Day", "Morning", "Afternoon", "Count so far")
    return Table("The sessions", headings, tuple(rows), (3, 2, 2, 2), f"No session is coded {_codes()}.")


def _leave(case: Case) -> Iterator[Table]:
    """Leave that was not granted, this school year and last; of a referral for leave, also that there is none."""
    first = year_span(years(case, 2)[1]).first
    spells = leave(case, Span(first, case.as_of))
    if spells or case.reason == LEAVE:
        rows = tuple((day_and_year(one.span.first), day_and_year(one.span.last), one.sessions) for one in spells)
        none = "No session is coded G. Leave that was taken without being granted has to be coded G in the MIS first."
        headings = ("First day", "Last day", "Sessions")
        yield Table("Leave in term time that was not granted (G)", headings, rows, (3, 3, 2), none)
