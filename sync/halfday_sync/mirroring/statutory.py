"""What the law asks the school to consider: the lines of the Statutory page in one table, and where each is written.

A duty that follows from illness is told without the children: that a child was ill for weeks is a matter of health.
"""

from collections.abc import Iterator

from halfday_sync.mirroring.content import Content, Of, notes, row, said
from halfday_sync.sheets.model import Row
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.statutory import sections

_COLUMNS = ("pupil", "class", "attendance", "since", "figures")
_ELSEWHERE = "Whom it concerns stands on the tracker's page Statutory alone."
_DECIDES = "These lists are for a person to consider, case by case. Halfday decides nothing and sends nothing."


def statutory(of: Of) -> Content:
    """A row for each pupil and duty; below them, what each duty asks for and its source."""
    found = [*sections(of.view)]
    rows = [line for section in found if not _tells(of, section) for line in _rows(of, section)]
    below = notes("duties", "duty", [_DECIDES, *(_about(of, section) for section in found)])
    return Content((*(rows or notes("none", "duty", ["Nobody now."])), *below))


def _rows(of: Of, section: Section) -> Iterator[Row]:
    duty = _title(section).partition(":")[0].partition(" (")[0]
    for line in section.lines:
        cells = {name: said(line.values.get(name)) for name in _COLUMNS}
        cells["figures"] = of.discretion.text(str(cells["figures"] or ""))
        yield row(line.key, {"duty": duty} | cells, line.num)


def _title(section: Section) -> str:
    return section.heading.rpartition(" (")[0]


def _tells(of: Of, section: Section) -> bool:
    """Whether to be on the list says more of a child than its attendance."""
    return of.discretion.tells(_title(section))


def _about(of: Of, section: Section) -> str:
    whose = [_ELSEWHERE] if _tells(of, section) else []
    return " ".join([f"{_title(section)}.", *section.notes, *whose])
