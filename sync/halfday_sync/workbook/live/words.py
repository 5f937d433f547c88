"""Formulas in Excel's own words: a file says `tbl[[#This Row],[x]]` and `_xldudf_…`, an open workbook may not."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from halfday_sync.errors import InUseError
from halfday_sync.workbook.live.block import Place, formulas
from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.update.seen import Seen

if TYPE_CHECKING:
    import xlwings.main as xw

_TOKEN = "_xldudf_"  # noqa: S105 - how a file writes a function of the add-in; nothing secret


class Words:
    """What Excel calls a formula, learnt from cells that hold it: in the open workbook, or else in the updated copy."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._known = patience, dict[str, str]()

    def learn(self, wanted: Iterable[str], seen: Seen, book: "xw.Book") -> set[str]:
        """Looks the wanted formulas up in a workbook; gives those that are not in it.

        Args:
            wanted: formulas as a file words them.
            book: the open workbook to look in.
            seen: the same workbook as read from a file.
        """
        missing = set(wanted) - self._known.keys()
        for sheet, at, formula in _places(seen) if missing else ():
            if formula in missing:
                text = self._patience(_formula, book, sheet, at)
                if text and _TOKEN not in text:
                    self._known[formula] = text
                    missing.discard(formula)
        return missing

    def __getitem__(self, formula: str) -> str:
        return self._known[formula] if formula else ""


def _formula(book: "xw.Book", sheet: str, at: Place) -> str:
    return formulas(book.sheets[sheet].range(at))[0][0]


def _places(seen: Seen) -> Iterator[tuple[str, Place, str]]:
    for sheet in seen.sheets.values():
        for at, cell in sheet.cells.items():
            if cell.formula:
                yield sheet.name, at, cell.formula


def unknown(formulas_missing: int) -> InUseError:
    """The message that some formulas cannot be put into the open workbook."""
    return InUseError(
        "The tracker is open in Excel here, and this update changes formulas that only a closed workbook can be given "
        f"({formulas_missing} of them), or the functions of the add-in are still starting.",
        now="Save and close the tracker. The next run brings it up to date.",
    )
