"""The first page of the governors' summary: attendance and absence, beside the target and others' figures."""

from collections.abc import Iterator

from halfday import national, printing
from halfday.measures import Measures
from halfday_sync.mirroring import findings
from halfday_sync.mirroring.benchmarks import ATTENDANCE, PERSISTENT, SEVERE
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referring.governors_page import SMALL, Governed, attendance, points, share
from halfday_sync.referring.headcounts import PENALTY, PERSISTENTLY, SEVERELY, Key

_WINDOWS = (
    ("ytd", "This school year"),
    ("half_term", "This half term"),
    ("last_4_weeks", "The last four school weeks"),
)


def sheet(of: Governed) -> Sheet:
    """The findings in sentences, the figures beside the target and others', and where they are from."""
    said = Words("In short", tuple(_findings(of)))
    sources = Words("Where this is from", tuple(_sources(of)))
    return Sheet("school", "The school", (said, _windows(of), _half_terms(of), _absence(of), sources))


def _findings(of: Governed) -> Iterator[str]:
    ytd, children = of.figures.of("ytd"), printing.counted(len(of.figures.here), "child", "children")
    yield f"{children} on roll. Attendance this school year: {attendance(ytd)}. {_beside(of, ATTENDANCE)}".strip()
    yield f"{findings.of_weeks(of.figures.half_terms, of.headline.target)}."
    yield _persistent(of)
    if of.is_settled and of.counts.count(SEVERELY):
        yield f"{_of_settled(of, SEVERELY)} missed half of their sessions or more: severely absent, counted above too."
    if met := of.counts.count(PENALTY):
        limit = national.value("penalty_sessions", of.view.marks_until)
        yield f"{met} children reached the national threshold: {limit} sessions without leave in ten school weeks."


def _beside(of: Governed, measure: str) -> str:
    """The school's target with how far away it is, and others' figure; nothing where there is neither."""
    gap, one = of.headline.targets.get(measure), of.headline.elsewhere.get(measure)
    said = []
    if gap is not None and gap.target.value is not None and gap.points is not None:
        said.append(f"That is {points(gap.points)} the target of {printing.number(gap.target.value)}%.")
    if one is not None:
        said.append(f"{one.place}: {printing.half_up(one.value, 1)}%.")
    return " ".join(said)


def _persistent(of: Governed) -> str:
    if not of.is_settled:
        return "It is too early in the year to speak of persistent absence: too few have had 60 sessions."
    if of.counts.count(PERSISTENTLY) is None:
        one = of.headline.elsewhere.get(PERSISTENT)
        beside = f" {one.place}: {printing.half_up(one.value, 1)}%." if one else ""
        return f"Persistently absent: {of.children(PERSISTENTLY)}.{beside}"
    said = f"{_of_settled(of, PERSISTENTLY)} missed 10% or more: persistently absent."
    return f"{said} {_beside(of, PERSISTENT)}".strip()


def _of_settled(of: Governed, key: Key) -> str:
    count, settled = of.counts.count(key) or 0, len(of.figures.settled)
    return f"{count} of {printing.counted(settled, 'child', 'children')} ({share(count, settled)})"


def _windows(of: Governed) -> Table:
    names = ["", "Our school", "Sessions"]
    target, one = of.headline.target, of.headline.elsewhere.get(ATTENDANCE)
    beside: list[Cell] = []
    if target is not None:
        names.append("Target")
        beside.append(f"{printing.number(target)}%")
    if one is not None:
        names.append(one.place)
        beside.append(f"{printing.half_up(one.value, 1)}%")
    rows: list[tuple[Cell, ...]] = []
    for window, title in _WINDOWS:
        found = of.figures.of(window)
        shown = beside if window == "ytd" else [""] * len(beside)
        rows.append((title, attendance(found), f"{found.attended:,} of {found.possible:,}", *shown))
    return Table("Attendance", tuple(names), tuple(rows), (4, 2, 3, *[2] * len(beside)))


def _half_terms(of: Governed) -> Table:
    until, target = of.view.marks_until, of.headline.target
    year = of.view.calendar.year(until)
    terms = [one for one in of.view.calendar.half_terms if one.year == year and one.start <= until]
    rows: list[tuple[Cell, ...]] = []
    for term, found in zip(terms, of.figures.half_terms, strict=True):
        percent = found.percent
        beside = [] if target is None else ["" if percent is None else points(percent - target)]
        row = (term.title, share(found.attended, found.possible), f"{found.attended:,} of {found.possible:,}")
        rows.append((*row, *beside))
    names = ("Half term", "Attendance", "Sessions", *(["Beside the target"] if target is not None else []))
    return Table("Half terms", names, tuple(rows), (3, 2, 3, 3)[: len(names)], empty="No half term has begun yet.")


def _absence(of: Governed) -> Table:
    ytd = of.figures.of("ytd")
    rows: list[tuple[Cell, ...]] = [
        ("Authorised absence", share(ytd.authorised, ytd.possible), f"{ytd.authorised:,} sessions", ""),
        ("Unauthorised absence", share(ytd.unauthorised, ytd.possible), f"{ytd.unauthorised:,} sessions", ""),
        ("Late (L and U)", share(ytd.late_before + ytd.late_after, ytd.possible), _late(ytd), ""),
    ]
    if of.is_settled:
        rows += [
            _children(of, "Persistently absent (10% or more missed)", PERSISTENTLY, PERSISTENT),
            _children(of, "Severely absent (50% or more missed)", SEVERELY, SEVERE),
        ]
    note = ""
    if of.figures.early:
        note = "Children with fewer than 60 sessions so far are not in the figures of persistent and severe absence."
    return Table("Absence this school year", ("", "Share", "Count", "Elsewhere"), tuple(rows), (4, 2, 3, 2), note=note)


def _late(ytd: Measures) -> str:
    return f"{ytd.late_before + ytd.late_after:,} sessions, {ytd.late_after:,} of them U"


def _children(of: Governed, title: str, key: Key, measure: str) -> tuple[Cell, ...]:
    count, one = of.counts.count(key), of.headline.elsewhere.get(measure)
    part = "" if count is None else share(count, len(of.figures.settled))
    return title, part, of.children(key), "" if one is None else f"{printing.half_up(one.value, 1)}%"


def _sources(of: Governed) -> Iterator[str]:
    yield from of.headline.notes()
    yield "Sessions attended, of all possible sessions of the children who are on roll now. A school day has two."
    yield SMALL
