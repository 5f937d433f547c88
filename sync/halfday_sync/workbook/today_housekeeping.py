"""What keeps the marks and the workbook right: old marks without a reason, faults, cells that people changed."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from halfday import national, printing
from halfday.missing import Chase
from halfday.morning import OldN
from halfday.register import SessionKey
from halfday.unmarked import Unmarked
from halfday_sync.entries import CONTACTS, Problem
from halfday_sync.workbook.pupil_words import link_to
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Cell
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View

_SESSION = {"AM": "morning", "PM": "afternoon"}
_NO_ROOM = "Not on the Tracker yet: something stands below its table. Move that away; the next run adds the row."
_TOTALS = (
    "Not on the Tracker yet: its list ends in a row of totals. Click into the list, choose Table Design, take away the "
    "tick at Total Row; the next run adds the pupil."
)
_KEPT = "These were typed on a page where no cell is yours. Copy them to where they belong: Notes or Contacts."


def old_n(view: View) -> Section:
    """Marks whose reason has been unknown for longer than the law allows, the oldest first."""
    found = view.morning.old_n
    days: dict[tuple[str, date], list[OldN]] = {}
    for row in found:
        days.setdefault((row.pupil.pupil_id, row.session.date), []).append(row)
    limit = national.value("unresolved_n_days", view.today)
    younger = printing.counted(view.morning.young_n, "younger N mark")
    return listed(
        "old_n",
        Words(
            f"Marks that still need a reason: N for more than {limit} school days",
            [f"Besides: {younger}. The Tracker has them by pupil."] if view.morning.young_n else (),
            'on the Tracker, sort by "N marks".',
            count=printing.counted(len(found), "session"),
        ),
        list(days.values()),
        lambda _n, rows: _old_line(view, rows),
    )


def _old_line(view: View, rows: list[OldN]) -> Line:
    pupil, day = rows[0].pupil, rows[0].session.date
    part = "all day" if len(rows) == 2 else _SESSION[rows[0].session.session]
    return row_of(
        view,
        CONTACTS,
        f"{pupil.pupil_id}|reason|{day}",
        columns_of("old_n"),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "date": f"{printing.day(day)}, {part}",
            "age": rows[0].school_days,
            "do": "Amend the mark in the MIS. If there is no reason: code O.",
        },
    )


def problems(view: View) -> Iterator[Section]:
    """What somebody should put right in the marks or in the workbook; none where all is well."""
    rows = list(_faults(view))
    if rows:
        yield listed(
            "problems",
            Words("To put right", rest="they come up when these are put right."),
            rows,
            lambda n, fault: _fault_line(view, n, fault),
        )


def _faults(view: View) -> Iterator[Problem]:
    yield from view.problems
    for pupil_id in view.waiting:
        yield Problem(_TOTALS if view.has_totals else _NO_ROOM, pupil_id)
    yield from _registers(view.morning.chase)


def _registers(chase: Chase) -> Iterator[Problem]:
    for row in chase.not_taken:
        one = len(row.sessions) == 1
        what = "Register not taken" if one else f"{len(row.sessions)} registers not taken"
        do = "Take it in the MIS as it was that day" if one else "Take them in the MIS as it was on those days"
        yield Problem(f"{what}: {row.class_name}, {_sessions(row.sessions)}. {do}.")
    for missing in chase.missing:
        marks = f"{printing.counted(missing.count, 'mark')} missing"
        days = _sessions([key for key, _count in missing.sessions])
        yield Problem(f"{marks}: {missing.class_name or 'no class'}, {days}. Complete the register in the MIS.")
    for gap in chase.unmarked:
        only = next(iter(gap.pupils)) if len(gap.pupils) == 1 else ""
        yield Problem(f"{_unmarked(gap)} Complete the register in the MIS; who has left needs a leaving date.", only)
    for half in chase.half_closed:
        others = printing.counted(len(half.others), "pupil has another mark", "pupils have other marks")
        where = f"{half.class_name or 'No class'}, {_sessions([half.session])}"
        yield Problem(
            f"{where}: closed (#) for {half.closed}, but {others}. Those count. If school was closed for all, amend "
            "them in the MIS.",
            half.others[0] if len(half.others) == 1 else "",
        )


def _unmarked(gap: Unmarked) -> str:
    name, (day, pupils) = gap.class_name or "no class", gap.days[0]
    if len(gap.days) == 1:
        have = printing.counted(len(pupils), "pupil has", "pupils have")
        return f"{have} no mark for {printing.day(day)}: {name}."
    days = [f"{printing.day(day)} ({len(pupils)})" for day, pupils in gap.days]
    more = len(days) - _DAYS_MOST
    rest = f" and {printing.counted(more, 'more day')}" if more > 0 else ""
    return f"Pupils without a mark: {name}, {', '.join(days[:_DAYS_MOST])}{rest}."


_DAYS_MOST = 6
"""Days named in one line; more are counted."""


def _sessions(keys: Sequence[SessionKey]) -> str:
    """Sessions as people say them: `Tue 9 Sep afternoon, Wed 10 Sep morning and afternoon`."""
    days = [
        f"{printing.day(day)} {' and '.join(_SESSION[key.session] for key in rows)}"
        for day, rows in groupby(keys, key=lambda key: key.date)
    ]
    more = len(days) - _DAYS_MOST
    return ", ".join(days[:_DAYS_MOST]) + (f" and {printing.counted(more, 'more day')}" if more > 0 else "")


def _fault_line(view: View, number: int, fault: Problem) -> Line:
    values = named(view, fault.pupil_id) | {"what": fault.words}
    return Line(values, key=f"{fault.pupil_id}|problem {number}|{view.today}" if fault.pupil_id else "")


def named(view: View, pupil_id: str) -> dict[str, Cell]:
    """The pupil of a row, where it is about one: the name where it is known, else the id."""
    pupil = view.pupil.get(pupil_id)
    return {"pupil": link_to(pupil), "class": pupil.class_name} if pupil else {"pupil": pupil_id}


def kept(view: View) -> Iterator[Section]:
    """Words that people typed on a page where no cell is theirs; none where there are none."""
    if view.kept:
        yield listed(
            "kept",
            Words("Your words, kept", [_KEPT], "they are kept, too."),
            view.kept,
            lambda _n, words: Line({"words": words}),
        )
