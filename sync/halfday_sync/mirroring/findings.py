"""What charts show, said as their titles: the finding, in one line."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from halfday import printing
from halfday_sync.mirroring.figures import Period
from halfday_sync.mirroring.groups import GroupFigure

_FLAT = Fraction(1, 20)
"""A difference that prints as 0.0."""


def of_weeks(half_terms: Sequence[Period], target: Fraction | None) -> str:
    """How this half term compares with the last one, or the year's figure with the target.

    Both figures stand there as elsewhere on the page: a rounded difference might contradict them.
    """
    known = [one.percent for one in half_terms if one.percent is not None]
    if len(known) > 1:
        before, now = (printing.half_up(one, 1) for one in known[-2:])
        same = f"Attendance this half term is {now}%, as in the one before"
        return same if now == before else f"Attendance this half term is {now}%, after {before}% in the one before"
    if not known:
        return "No sessions yet this school year"
    where = f", {_against(known[-1] - target)} the target" if target is not None else ""
    return f"Attendance is {printing.half_up(known[-1], 1)}% so far this year{where}"


def _against(points: Fraction) -> str:
    if abs(points) < _FLAT:
        return "level with"
    return f"{_points(points)} {'above' if points > 0 else 'below'}"


def _points(points: Fraction) -> str:
    shown = printing.half_up(abs(points), 1)
    return f"{shown} {'point' if shown == '1.0' else 'points'}"


def of_stages(counts: Mapping[str, int], children: int) -> str:
    """How many are at a stage, and at the gravest one that anybody is at; `counts` go up from Stage 1."""
    at_one = sum(counts.values())
    if not at_one:
        return "No child is at a stage"
    last, most = [(name, count) for name, count in counts.items() if count][-1]
    rest = f", {most} of them at {last}" if most < at_one else f", all at {last}"
    return f"{at_one} of {printing.counted(children, 'child', 'children')} {_are(at_one)} at a stage{rest}"


def of_bands(counts: Mapping[str, int]) -> str:
    """In which band most children are, and how many in the lowest; `counts` go down from the highest band."""
    children = sum(counts.values())
    if not children:
        return "No child has a figure yet"
    name, most = max(counts.items(), key=lambda row: row[1])
    lowest, few = list(counts.items())[-1]
    rest = f", {few} in {lowest}" if lowest != name else ""
    of = printing.counted(children, "child", "children")
    return f"{most} of {of} {_are(most)} in the band {name}{rest}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def of_years(groups: Iterable[GroupFigure], school: Fraction | None) -> str:
    """Which year group has the lowest attendance, and how far that is from the school's."""
    known = [
        (Fraction(100 * one.year.attended, one.year.possible), one.title)
        for one in groups
        if one.year is not None and one.year.possible
    ]
    if len(known) < 2 or school is None:
        return "Too few year groups are large enough to compare"
    figure, title = min(known)
    return f"{title} has the lowest attendance: {printing.half_up(figure, 1)}%, {_against(figure - school)} the school"
