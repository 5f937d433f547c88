"""Attendance in figures: this school year beside the last one, and every code that occurs in either."""

from collections import Counter
from collections.abc import Iterator, Sequence

from halfday import codes, national, printing
from halfday.codes import Code, CodeClass
from halfday.measures import Measures
from halfday.school_year import ONE_DAY
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referrals.counting import figure, held, of_year, percent, year_name, year_span, years
from halfday_sync.referrals.profile import Profile

_COUNTS = {
    CodeClass.PRESENT: "Present",
    CodeClass.ACTIVITY: "Attended elsewhere",
    CodeClass.AUTHORISED: "Absent, authorised",
    CodeClass.UNAUTHORISED: "Absent, unauthorised",
    CodeClass.NOT_POSSIBLE: "Not a possible session",
    CodeClass.ADMINISTRATIVE: "Not counted",
    CodeClass.MISSING: "No mark yet",
}
NOT_HELD, NOT_HERE = "No marks are held.", "not held"
"""Of a table, and of a cell."""


def sheet(case: Case, profile: Profile) -> Sheet:
    """The findings in sentences, then the sessions, then the codes."""
    shown = years(case, 2)
    return Sheet(
        "figures",
        "Attendance in figures",
        (Words("In short", tuple(_findings(case, shown))), _sessions(case, shown), _codes(case, shown)),
    )


# --- In short ---------------------------------------------------------------------------------------------------------


def _findings(case: Case, shown: Sequence[int]) -> Iterator[str]:
    this, last = (of_year(case, year) for year in shown)
    yield f"Attendance this school year, up to {printing.day_and_year(case.as_of)}: {figure(case, this)}."
    if last.possible:
        yield f"Last school year: {figure(case, last)}."
    else:
        yield "No marks of the last school year are held here."
    yield from _absent(case, this)
    if case.outcome.unresolved:
        marks = printing.counted(case.outcome.unresolved, "mark")
        yield f"{marks} still without a reason (N): these figures may change when it is found."


def _absent(case: Case, this: Measures) -> Iterator[str]:
    """What was missed, and what the law calls it."""
    if not this.absent:
        return
    yield (
        f"{printing.missed_in_words(this.absent).capitalize()} missed this school year: "
        f"{this.authorised:,} {_sessions_word(this.authorised)} authorised, {this.unauthorised:,} not."
    )
    least = national.value("persistent_absence_percent", case.as_of)
    most = national.value("severe_absence_percent", case.as_of)
    if case.outcome.early:
        yield "There were too few sessions yet to speak of persistent absence."
    elif case.outcome.severe_absence:
        yield f"{most}% or more of sessions were missed: the national statistics call that severe absence."
    elif case.outcome.persistent_absence:
        yield f"{least}% or more of sessions were missed: the national statistics call that persistent absence."


def _sessions_word(count: int) -> str:
    return "session" if count == 1 else "sessions"


# --- Tables -----------------------------------------------------------------------------------------------------------


def headings(first: Sequence[str], shown: Sequence[int]) -> tuple[str, ...]:
    """Headings of a table with a column for each school year, the newest first."""
    return (*first, *(year_name(year) for year in shown))


def _sessions(case: Case, shown: Sequence[int]) -> Table:
    found = [_column(case, year) for year in shown]
    labels = (
        "Attendance",
        "Possible sessions",
        "Attended",
        "Absent, authorised",
        "Absent, unauthorised",
        "Late, before the register closed (L)",
        "Late, after the register closed (U)",
        "No mark yet",
    )
    rows = [(label, *row) for label, *row in zip(labels, *found, strict=True)]
    note = "Late after the register closed counts as an unauthorised absence as well. A school day has two sessions."
    return Table("Sessions", headings(("",), shown), tuple(rows), (3, 2, 2), note=note)


def _column(case: Case, year: int) -> Sequence[Cell]:
    if held(case, year) is None:
        return (NOT_HERE, *[""] * 7)
    one = of_year(case, year)
    counted = (one.possible, one.attended, one.authorised, one.unauthorised, one.late_before, one.late_after)
    return (percent(case, one), *counted, one.missing)


def _codes(case: Case, shown: Sequence[int]) -> Table:
    counts = [Counter(ids_of(case, year)) for year in shown]
    there, known = [held(case, year) is not None for year in shown], codes.by_id()
    found = sorted({at for each in counts for at in each} & known.keys(), key=lambda at: _place(known[at]))
    rows = []
    for one in (known[at] for at in found):
        of_each = (each[one.id] if is_held else NOT_HERE for each, is_held in zip(counts, there, strict=True))
        rows.append((one.code, one.meaning, _COUNTS[one.class_], *of_each))
    title, names = "Codes in the register", headings(("Code", "Meaning", "Counts as"), shown)
    return Table(title, names, tuple(rows), (1, 5, 3, 2, 2), empty=NOT_HELD)


def ids_of(case: Case, year: int) -> bytes:
    """The ids of the child's codes in a school year, up to the as-of date: they know what a code meant on its day."""
    span, axis = year_span(year), case.sessions.axis
    return case.sessions.ids[axis.index(span.first) : min(axis.index(span.last + ONE_DAY), axis.stop)]


def _place(code: Code) -> tuple[int, int]:
    return list(_COUNTS).index(code.class_), code.id
