"""The tracker in this person's own Excel: found, read and brought up to date where it is open, without saving it.

The file itself is left alone. What is planned from is a copy that Excel writes elsewhere (`picture`), so the plan is
made by the same code as for a closed file; `apply` then makes the same changes in the open workbook, in one go. Excel
for Windows only: Excel for Mac offers no such copy and does not say when a cell is being typed in, so an update waits.
"""

from halfday_sync.workbook.live.applying import apply
from halfday_sync.workbook.live.copying import clear_up, picture
from halfday_sync.workbook.live.finding import find, running
from halfday_sync.workbook.live.patience import Patience

__all__ = ["Patience", "apply", "clear_up", "find", "picture", "running"]
