"""Names that lead to a page: where they lead once it is laid out afresh, and how far down the page reached before."""

import re
from collections.abc import Callable, Iterator, Mapping

from halfday_sync.workbook.lint_sheet import box
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.own_page import OwnPage, names

_PRINTED = "_xlnm."
_ROWS = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?$")


def wanted(fresh: OwnPage, renamed: Callable[[str], str]) -> Mapping[str, str]:
    """Names of the whole workbook that lead to the page, with what they are to refer to."""
    return {name: renamed(text) for name, own, text in fresh.names() if not own}


def printed(
    now: Package, sheet: str, fresh: OwnPage, sent: OwnPage | None, renamed: Callable[[str], str]
) -> Mapping[str, str]:
    """What of the page is printed, as far as people did not choose otherwise: names of the sheet's own."""
    there, before = (_own(now, sheet), _own(sent.package, sent.name) if sent else None)
    return {
        name: renamed(text)
        for name, own, text in fresh.names()
        if own and name.startswith(_PRINTED) and (before is None or there.get(name) == before.get(name))
    }


def _own(package: Package, sheet: str) -> dict[str, str]:
    return {name: _place(text) for name, own, text in names(package, sheet) if own}


def _place(text: str) -> str:
    """Where a name leads, without the sheet."""
    return re.sub(r"(?:'(?:[^']|'')+'|[^'!,]+)!", "", text).replace("$", "")


def bottom(now: Package, sheet: str, fresh: OwnPage, sent: OwnPage | None) -> int:
    """The last row of the page as it stands now, as far as names tell: people may have put in rows above them."""
    there = dict(_rows(now, sheet))
    if sent is None:
        return max((row for name, row in there.items() if name in dict(_rows(fresh.package, fresh.name))), default=0)
    before = dict(_rows(sent.package, sent.name))
    down = max((row - before[name] for name, row in there.items() if name in before), default=0)
    return sent.bottom + max(0, down)


def _rows(package: Package, sheet: str) -> Iterator[tuple[str, int]]:
    """The last row that each name of the workbook, and the print area, leads to."""
    for name, _own_name, text in names(package, sheet):
        place = _place(text)
        if _ROWS.match(place):
            yield name, box(place).bottom
