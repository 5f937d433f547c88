"""Rows that name no pupil by id: what becomes of each."""

from collections.abc import Sequence

from halfday.printing import counted
from halfday_sync.sources.tabular.details import Details, name_words
from halfday_sync.sources.tabular.layout import Layout
from halfday_sync.sources.tabular.marks import Marks, Stray
from halfday_sync.sources.wording import shown_pupil

_FEW_PARTS = 4
"""Of a feed, fewer than one row in four may be without an id (guests, new arrivals); else it is the wrong column."""


def match_strays(
    layouts: Sequence[Layout], details: Details, marks: Marks, problems: list[str], notes: list[str]
) -> None:
    """Leave out a row without an id if it adds nothing: one pupil has that whole name and class, and all its marks.

    A name alone never decides whose a mark is; so a row that would add a mark is a problem. In a feed that would stop
    every morning for one guest who has no UPN: there such rows are left out and counted, as long as they are few.
    """
    namesakes = details.namesakes() if marks.strays else {}
    unknown = []
    for stray in marks.strays:
        same = _same(stray, namesakes)
        if len(same) == 1 and stray.marks and marks.has(same[0], stray.marks):
            notes.append(f"{_where(stray)}: left out, as it has no id and only repeats marks of {shown_pupil(same[0])}")
        else:
            unknown.append(stray)
    rows = sum(len(layout.body) for layout in layouts if layout.halves)
    if marks.rules.feed and _FEW_PARTS * len(unknown) < rows:
        if unknown:
            whose = counted(len({_called(stray) for stray in unknown}), "pupil")
            notes.append(
                f"{counted(len(unknown), 'row')} of {whose} left out: there is no admission number and no right UPN in "
                "them (a guest or a new arrival), so their marks are not counted here"
            )
        return
    problems.extend(
        f"{_where(stray)}: there is no admission number and no right UPN, so it cannot be told whose it is"
        for stray in unknown
    )


def _where(stray: Stray) -> str:
    return f"{stray.layout.where}, row {stray.number}"


def _called(stray: Stray) -> tuple[tuple[str, ...], str]:
    """The words of the name that a row gives, and its class."""
    layout, cells = stray.layout, stray.cells
    name = layout.cell(cells, "name") or f"{layout.cell(cells, 'forename')} {layout.cell(cells, 'surname')}"
    return name_words(name), layout.cell(cells, "class")


def _same(stray: Stray, namesakes: dict[tuple[str, ...], dict[str, set[str]]]) -> list[str]:
    """The pupils who have that whole name, and that class where the row gives one."""
    name, class_name = _called(stray)
    return [who for who, classes in namesakes.get(name, {}).items() if not class_name or class_name in classes]
