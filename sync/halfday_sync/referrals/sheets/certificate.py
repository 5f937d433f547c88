"""The registration certificate: every session of the school years that are sent, what they come to, and who signs it.

Comments and minutes that stand beside marks in the MIS are left out: they may speak of other people, or of what only
the safeguarding lead may tell.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from halfday import codes, printing
from halfday.codes import Code, CodeClass
from halfday.printing import date_in_words, day_and_year
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Boxes, Fact, Facts, Sheet, Table, Words
from halfday_sync.referrals.counting import (
    Span,
    day_words,
    half_days,
    held,
    last_sessions,
    marks,
    of_year,
    percent,
    reaches,
    span_words,
    year_name,
    year_span,
    years,
)
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.herringbone import grid, weekend

_COUNTS = {
    CodeClass.PRESENT: "Attended",
    CodeClass.ACTIVITY: "Attended",
    CodeClass.AUTHORISED: "Absent, authorised",
    CodeClass.UNAUTHORISED: "Absent, unauthorised",
    CodeClass.NOT_POSSIBLE: "Not a possible session",
    CodeClass.ADMINISTRATIVE: "Not counted",
    CodeClass.MISSING: "Not counted until there is a mark",
}
_THRESHOLD = "; counts towards the national threshold"
_HALVES = {"AM": "Morning", "PM": "Afternoon"}


def sheet(case: Case, profile: Profile) -> Sheet:
    """Whose it is, its figures, what to know of it, the grids, the codes, later changes, the signature."""
    shown = years(case, profile.certificate.years)
    said = tuple(_to_know(case, profile, shown))
    blocks: tuple[Block, ...] = (
        _whose(case, profile, shown),
        _figures(case, shown),
        *((Words("Please note", said, warning=True),) if said else ()),
        *(grid(case, year) for year in shown),
        _key(case, shown),
        _amended(case, shown),
        _signature(case, profile, shown),
    )
    return Sheet("certificate", "Registration certificate", blocks)


# --- Whose it is ------------------------------------------------------------------------------------------------------


def _whose(case: Case, profile: Profile, shown: Sequence[int]) -> Facts:
    pupil = case.pupil
    rows = [
        Fact("Pupil", case.name),
        Fact("Date of birth", date_in_words(pupil.dob) if pupil.dob else "", by_hand=pupil.dob is None),
        Fact("Unique pupil number (UPN)", pupil.upn, by_hand=not pupil.upn),
        Fact("School", case.school.name),
        Fact("On roll since", day_and_year(pupil.start_date) if pupil.start_date else "", by_hand=not pupil.start_date),
        *(Fact("On roll until", day_and_year(day)) for day in _left(case)),
        Fact("Period", _period(case, shown)),
        *(Fact(f"The last {wanted} possible sessions", words) for wanted, words in _last(case, profile)),
    ]
    return Facts("Attendance register of one pupil", tuple(rows))


def _left(case: Case) -> Iterator[date]:
    """The last day on roll, of a child who has left."""
    if case.pupil.end_date and case.pupil.end_date <= case.made_on:
        yield case.pupil.end_date


def _period(case: Case, shown: Sequence[int]) -> str:
    """From the first mark that is held to the last one, over all the years that are sent."""
    found = [span for year in shown if (span := held(case, year))]
    if not found:
        return f"No marks are held up to {day_and_year(case.as_of)}"
    return span_words(Span(min(one.first for one in found), max(one.last for one in found)))


def _last(case: Case, profile: Profile) -> Iterator[tuple[int, str]]:
    """The last possible sessions, where it is asked for so many of them and they are held."""
    wanted = profile.certificate.sessions
    found = last_sessions(case, wanted) if wanted else None
    if found is not None and found.counts.possible == wanted:
        yield wanted, f"{found.counts.attended} attended ({percent(case, found.counts)}), {span_words(found.span)}"


# --- Figures ----------------------------------------------------------------------------------------------------------

_LABELS = (
    "Marks from",
    "Marks to",
    "Attendance",
    "Possible sessions",
    "Sessions attended",
    "Sessions of authorised absence",
    "Sessions of unauthorised absence",
    "Late, before the register closed (L)",
    "Late, after the register closed (U)",
    "Reason not known yet (N)",
    "Sessions without a mark",
)


def _figures(case: Case, shown: Sequence[int]) -> Table:
    columns = [_column(case, year) for year in shown]
    rows = tuple((label, *row) for label, *row in zip(_LABELS, *columns, strict=True))
    note = "U and N are counted among the unauthorised sessions as well, L among those attended."
    headings = ("", *(f"School year {year_name(year)}" for year in shown))
    return Table("In figures", headings, rows, (3, *(2 for _year in shown)), note=note)


def _column(case: Case, year: int) -> tuple[str | int, ...]:
    span = held(case, year)
    if span is None:
        return ("not held", *("" for _label in _LABELS[1:]))
    one, unknown = of_year(case, year), sum(code == "N" for _key, code in marks(case, year_span(year)))
    return (
        date_in_words(span.first),
        date_in_words(span.last),
        percent(case, one),
        one.possible,
        one.attended,
        one.authorised,
        one.unauthorised,
        one.late_before,
        one.late_after,
        unknown,
        one.missing,
    )


# --- What to know of it -----------------------------------------------------------------------------------------------


def _to_know(case: Case, profile: Profile, shown: Sequence[int]) -> Iterator[str]:
    for year in shown:
        yield from _short(case, year)
    yield from _too_few(case, profile.certificate.sessions)
    yield from _open(case, shown)
    days = [words for year in reversed(shown) for words in day_words(weekend(case, year))]
    if days:
        yield f"Marks of a Saturday or Sunday are counted and have no place in the grid: {'; '.join(days)}."


def _short(case: Case, year: int) -> Iterator[str]:
    """Where the marks do not go back to the first day of a school year."""
    span, start, whole = held(case, year), case.pupil.start_date, year_span(year)
    if reaches(case, year):
        if start and whole.first < start <= whole.last:
            yield f"{case.name} came to this school on {day_and_year(start)}: marks of {year_name(year)} begin there."
    elif span is not None:
        since = day_and_year(span.first)
        yield f"Marks of {year_name(year)} are held from {since} on. Those before are in the register of the MIS."
    elif start and start > whole.last:
        yield f"{case.name} came to this school on {day_and_year(start)}: there are no marks of {year_name(year)}."
    else:
        yield f"No marks of {year_name(year)} are held. They are in the register of the MIS."


def _too_few(case: Case, wanted: int) -> Iterator[str]:
    """Where the rule is that the marks reach back so many sessions, and they do not."""
    found = last_sessions(case, wanted) if wanted else None
    possible = found.counts.possible if found else 0
    if possible < wanted:
        yield f"{printing.counted(possible, 'possible session')} held; {wanted} are asked for."


def _open(case: Case, shown: Sequence[int]) -> Iterator[str]:
    """Marks that somebody has to see to before this can be signed."""
    told = [mark for year in reversed(shown) for mark in marks(case, year_span(year))]
    for code, words in (("N", "The reason is not known yet (N)"), ("-", "There is no mark yet")):
        days = "; ".join(half_days([key for key, one in told if one == code]))
        if days:
            yield f"{words}: {days}."


# --- Codes and changes ------------------------------------------------------------------------------------------------


def _key(case: Case, shown: Sequence[int]) -> Table:
    """The codes that occur, in the order of the national table; one that changed its meaning says which one it is."""
    axis, ids = case.sessions.axis, case.sessions.ids
    spans = [year_span(year) for year in shown]
    first = axis.index(min(span.first for span in spans)) if spans else axis.stop
    there = [row for row in codes.all_codes() if row.id in set(ids[first : axis.stop])]
    letters = [row.code for row in there]
    rows = tuple((row.code, _meaning(row, several=letters.count(row.code) > 1), counts_as(row)) for row in there)
    return Table("What the codes mean", ("Code", "Meaning", "How it counts"), rows, (1, 5, 5), "No marks are held.")


def _meaning(row: Code, *, several: bool) -> str:
    if not several:
        return row.meaning
    when = f"until {date_in_words(row.to)}" if row.to < date.max else f"from {date_in_words(row.from_)}"
    return f"{row.meaning} ({when})"


def counts_as(row: Code) -> str:
    """How a code counts, in words."""
    late = ", late" if row.code in codes.LATE else ""
    return f"{_COUNTS[row.class_]}{late}{_THRESHOLD if row.code in codes.PENALTY else ''}"


def _amended(case: Case, shown: Sequence[int]) -> Table:
    first = min((year_span(year).first for year in shown), default=case.as_of)
    rows = tuple(
        (day_and_year(one.day), _HALVES.get(one.session, one.session), one.before, one.after, day_and_year(one.seen))
        for one in case.amended
        if first <= one.day <= case.as_of
    )
    return Table(
        "Marks that were changed later",
        ("Day", "Session", "Before", "After", "Change seen on"),
        rows,
        (3, 2, 1, 1, 3),
        "No mark was changed after it was first read from the MIS.",
        "The MIS holds the whole history of changes, with who made them.",
    )


def _signature(case: Case, profile: Profile, shown: Sequence[int]) -> Boxes:
    statement = (
        f"I certify that this is a true extract of the attendance register of {case.school.name} for {case.name}, "
        f"{_period(case, shown)}."
    )
    return Boxes("Signed and dated", (statement,), (profile.certificate.signed_by,))
