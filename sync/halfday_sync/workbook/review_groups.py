"""The figures of groups for a meeting: classes, years, children with a flag. Small groups have none."""

from collections.abc import Iterator, Sequence

from halfday import printing
from halfday.measures import Measures
from halfday.policy.model import Group
from halfday.policy.outcome import Outcome
from halfday.register import FLAGS
from halfday_sync.workbook.layout import section_columns
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.view import View

LEAST = 5
"""A group with fewer children has no figures: they would be known to be theirs."""
_CLASSES = (Group("classes", "Classes", "class_name", "weekly"),)
_FLAGS = frozenset({*FLAGS, "sen"})


def groups(view: View, cadence: str) -> Iterator[Section]:
    """The groups that the policy follows at a rhythm; where it names none for a week, the classes."""
    wanted = tuple(one for one in view.policy.groups if one.cadence == cadence and one.by != "family_id")
    wanted = wanted or (_CLASSES if cadence == "weekly" else ())
    here = [one for one in view.outcomes if not view.has_left(one.pupil)]
    found = [line for group in wanted for line in _lines(view, group, here)]
    if not found:
        return
    lines = [line for line in found if line.values.get("pupils")]
    small = [str(line.values["group"]) for line in found if not line.values.get("pupils")]
    week = view.calendar.windows(view.marks_until).get("week")
    when = f": the week of {printing.day(week)}" if week else ""
    title = "Groups at the half term" if cadence == "half-termly" else "Groups"
    notes = ["Sessions attended of all sessions."] if lines else []
    if small:
        notes.append(f"No figures for fewer than {LEAST} children: {printing.in_a_row(small)}.")
    columns = section_columns("review", "groups")
    name = f"groups-{cadence}"
    yield Section(f"{title}{when}", columns, lines, (" ".join(notes),), "No group is large enough.", name, len(lines))


def _lines(view: View, group: Group, here: Sequence[Outcome]) -> Iterator[Line]:
    if group.by in _FLAGS:
        yield _line(group.title, [one for one in here if one.pupil.has(group.by)], view)
        return
    found: dict[str, list[Outcome]] = {}
    for one in here:
        found.setdefault(str(getattr(one.pupil, group.by)), []).append(one)
    for value in sorted(found, key=_in_order):
        if value:
            yield _line(f"{_kind(group.by)}{value}", found[value], view)


def _in_order(value: str) -> tuple[int, str]:
    """Year 2 before Year 10."""
    return (int(value), "") if value.isdecimal() else (-1, value)


def _kind(by: str) -> str:
    return "Year " if by == "year_group" else ""


def _line(title: str, children: Sequence[Outcome], view: View) -> Line:
    if len(children) < LEAST:
        return Line({"group": title})
    week = _sum(children, "week")
    persistent = sum(bool(one.persistent_absence) for one in children if not one.early)
    said = [f"{name} {_percent(_sum(children, window), view)}" for name, window in _WINDOWS]
    return Line(
        {
            "group": title,
            "pupils": len(children),
            "week": week.attended / week.possible if week.possible else None,
            "words": f"{', '.join(said)}, {persistent} persistently absent",
        }
    )


_WINDOWS = (("Half term", "half_term"), ("year", "ytd"))


def _sum(children: Sequence[Outcome], window: str) -> Measures:
    each = [one.windows.get(window, Measures()) for one in children]
    return Measures(*(sum(column) for column in zip(*each, strict=True)))


def _percent(measures: Measures, view: View) -> str:
    shown = printing.percent(measures.attended, measures.possible, view.policy.cuts)
    return f"{shown}%" if shown else printing.NO_SESSIONS
