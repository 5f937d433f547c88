"""The open workbook as a file, with what was typed since it was saved. The workbook itself stays unsaved, as it was."""

from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.live.quiet import quiet

if TYPE_CHECKING:
    import xlwings.main as xw


_PREFIX = "halfday-open-"
_AN_HOUR = 3600


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
    with TemporaryDirectory(dir=folder, prefix=_PREFIX) as inside:
        copy = Path(inside) / f"copy{Path(book.name).suffix}"
        with quiet(book.app, patience, enable_events=False, display_alerts=False):
            patience(book.api.SaveCopyAs, str(copy))
        return copy.read_bytes()


def clear_up(folder: Path, *, now: datetime) -> int:
    """Removes copies that a killed run left behind: they hold pupils' data. How many there were."""
    old = [
        one for one in folder.glob(f"{_PREFIX}*") if one.is_dir() and now.timestamp() - one.stat().st_mtime > _AN_HOUR
    ]
    for one in old:
        rmtree(one, ignore_errors=True)
    return len(old)
