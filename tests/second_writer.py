"""A second writer of high fidelity (wolfxl), which keeps what it does not know, makes the edits that Halfday makes."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import wolfxl


def edited(data: bytes, sheet: str, cells: Mapping[str, str | float], tables: Mapping[str, str]) -> bytes:
    """A workbook with constants put into cells of a sheet, and tables of that sheet given another range."""
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.xlsx", Path(folder) / "after.xlsx"
        before.write_bytes(data)
        book = wolfxl.load_workbook(str(before), modify=True)
        for place, value in cells.items():
            book[sheet][place] = value
        for name, area in tables.items():
            book[sheet].tables[name].ref = area
        book.save(str(after))
        return after.read_bytes()
