"""The value that a saved workbook keeps in a cell that has a name."""

from pathlib import Path
from zipfile import BadZipFile

from halfday_sync.errors import UsageError


def named_value(path: Path, name: str) -> object:
    """What the named cell showed when the workbook was saved last; nothing where it was empty.

    Raises:
        UsageError: the file is no workbook that can be read, or has no such cell.
    """
    # Imported here: only reading needs it, and it takes a while.
    from openpyxl import load_workbook  # noqa: PLC0415, TID251  (reading only; nothing here is saved)

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, KeyError, ValueError) as fault:
        raise UsageError(
            f"The workbook {path.name} cannot be read.", now="Close it in Excel, save it again, and name it whole."
        ) from fault
    try:
        places = list(book.defined_names[name].destinations) if name in book.defined_names else []
        if len(places) != 1 or places[0][0] not in book.sheetnames:
            raise UsageError(f"{path.name} has no cell named {name}.", now="Name a tracker that Halfday wrote.")
        sheet, cell = places[0]
        value: object = book[sheet][cell.replace("$", "")].value
        return value
    finally:
        book.close()
