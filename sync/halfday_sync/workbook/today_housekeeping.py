"""What keeps the marks and the workbook right: old marks without a reason, faults, cells that people changed."""

from collections.abc import Iterator
from datetime import date

from halfday import national, printing
from halfday.morning import OldN
from halfday_sync.entries import CONTACTS, Problem
from halfday_sync.workbook.pupil_words import link_to
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.sheet import Cell
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.today_registers import HALF_DAY, blocking, registers
from halfday_sync.workbook.view import View

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
    part = "all day" if len(rows) == 2 else HALF_DAY[rows[0].session.session]
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
    rows = [*blocking(view), *view.problems, *_without_row(view), *registers(view.morning.chase)]
    if rows:
        yield listed(
            "problems",
            Words("To put right", rest="they come up when these are put right."),
            rows,
            lambda n, fault: _fault_line(view, n, fault),
        )


def _without_row(view: View) -> Iterator[Problem]:
    for pupil_id in view.waiting:
        yield Problem(_TOTALS if view.has_totals else _NO_ROOM, pupil_id)


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
