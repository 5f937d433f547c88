"""What people typed, ticked, changed and deleted in the workbook, as entries for the store. Pure."""

from halfday_sync.workbook.harvest.known import Harvest, Known
from halfday_sync.workbook.harvest.whole import harvest

__all__ = ["Harvest", "Known", "harvest"]
