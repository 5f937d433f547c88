"""The open workbook as a file, with what was typed since it was saved. The workbook itself stays unsaved, as it was."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.live.quiet import quiet

if TYPE_CHECKING:
    import xlwings.main as xw


def picture(book: "xw.Book", folder: Path, patience: Patience) -> bytes:
    """The open workbook as Excel would save it now.

    Formulas, column ids, keys and comments are then read by the code that reads a file: what Excel says about an open
    workbook words formulas differently and hides the ids. `Workbook.SaveCopyAs` neither saves the workbook, nor renames
    it, nor marks it as saved.

    Args:
        book: the open workbook.
        folder: where the copy lies for a moment: on this computer, not synchronised, read by nobody else.
        patience: how to wait while somebody types.

    Raises:
        InUseError: Excel is busy all the time.
    """
    with TemporaryDirectory(dir=folder, prefix="open-") as inside:
        copy = Path(inside) / f"copy{Path(book.name).suffix}"
        with quiet(book.app, patience, enable_events=False, display_alerts=False):
            patience(book.api.SaveCopyAs, str(copy))
        return copy.read_bytes()
