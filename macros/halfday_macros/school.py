"""The school's folder: the one with `halfday.toml`, beside the open workbook or above it."""

import re
from pathlib import Path

from halfday_macros.book import BookLike
from halfday_macros.desk import Stop

SETTINGS = "halfday.toml"
IN_THE_CLOUD = (
    "This workbook was opened from the web (OneDrive, SharePoint or Teams), so Halfday cannot tell which folder it is "
    "in. Open it from the school's folder on this computer or on the network, then press the button again."
)
NOT_SAVED = (
    "This workbook has not been saved yet. Open the tracker in the school's folder, then press the button again."
)
NO_SCHOOL = (
    f"There is no {SETTINGS} beside this workbook or in a folder above it, so Halfday cannot tell which school it "
    "belongs to. If this is a copy, open the tracker in the school's own folder and press the button there."
)


def folder_of(book: BookLike) -> Path:
    """The folder of the school that a workbook belongs to.

    Raises:
        Stop: it is in the cloud, not saved, or in no school's folder.
    """
    try:
        name = book.fullname
    except Exception as fault:  # xlwings raises an error of its own where it cannot find the file of a web address
        raise Stop(IN_THE_CLOUD) from fault
    if re.match(r"[a-z]+://", name, flags=re.IGNORECASE):
        raise Stop(IN_THE_CLOUD)
    path = Path(name)
    if path.name == name:
        raise Stop(NOT_SAVED)
    found = next((folder for folder in path.parents if (folder / SETTINGS).is_file()), None)
    if found is None:
        raise Stop(NO_SCHOOL)
    return found
