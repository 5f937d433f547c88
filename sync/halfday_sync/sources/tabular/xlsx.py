"""The door through which a workbook's sheets come in: pandas with calamine, imported only when there is a workbook."""

from datetime import date, datetime, time
from pathlib import Path

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """Every sheet of a workbook, by name: rows of text cells, the first list being row 1.

    Real dates come as ISO text, whole numbers without a decimal point, an empty cell as blank text.

    Raises:
        ValueError: the file is not a workbook that can be read.
        OSError: the file cannot be opened.
    """
    import pandas as pd  # noqa: PLC0415, TID251 - the one door of pandas; its import takes longer than all the rest

    path.open("rb").close()  # so that a locked file is told as such, and not as a broken workbook
    try:
        frames = pd.read_excel(path, sheet_name=None, header=None, dtype=object, na_filter=False, engine="calamine")
    except OSError:
        raise
    except Exception as error:  # calamine has its own family of errors
        raise ValueError("it is not a workbook, or it has a password") from error
    return {str(name): [list(map(_text, row)) for row in frame.to_numpy().tolist()] for name, frame in frames.items()}


def _text(value: object) -> str:
    """One cell as text.

    >>> _text(1805.0), _text(datetime(2025, 9, 3)), _text(True), _text(" AM ")
    ('1805', '2025-09-03', 'true', 'AM')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"  # noqa: PLR0124 - only "not a number" differs from itself
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return "" if value is None else str(value)
