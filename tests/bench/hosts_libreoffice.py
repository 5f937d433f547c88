"""Cell functions in LibreOffice: the same two thousand cells as in the browser, worked out by a real Calc.

`python -m tests.bench.hosts_libreoffice` prints the seconds. Every figure but the last has arguments that LibreOffice
has not seen before, in a workbook of its own, so that nothing is answered from memory.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.hosts_browser import Cell, anew, bands, plain, rows
from tests.libreoffice import Book, Office, Page, call, same

from halfday_sync.addins.libreoffice.package import extension

ROUNDS = 3


def measure() -> dict[str, float]:
    """Seconds by what was measured, medians of three; for one cell, milliseconds are said in the name."""
    with tempfile.TemporaryDirectory(prefix="halfday-bench-") as folder:
        return _measured(Path(folder))


def _measured(folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    file = folder / "halfday.oxt"
    file.write_bytes(extension())
    office = Office(folder / "profile")
    try:
        start = perf_counter()
        office.ask("install", str(file))
        found["LibreOffice: put the extension in"] = perf_counter() - start
    finally:
        office.stop()
    found["LibreOffice: cold start to the first answer"] = median([_cold(folder) for _ in range(ROUNDS)])
    office = Office(folder / "profile")
    try:
        _recalculated(office, rows(50))  # Python has seen every function, the policy and the calendar
        for name, cells_of in (
            ("2,000 ATT_BAND", bands),
            ("2,002 row cells", rows),
            ("2,002 row cells, new policy", anew),
        ):
            times = [_recalculated(office, cells_of(number)) for number in range(1, ROUNDS + 1)]
            found[f"LibreOffice: {name}"] = median(first for first, _again in times)
        found["LibreOffice: 2,002 row cells, the same again"] = _recalculated(office, rows(ROUNDS))[1]
    finally:
        office.stop()
    count = len(rows(1))
    found["LibreOffice: one row cell, in ms"] = 1000 * found["LibreOffice: 2,002 row cells"] / count
    return found


def _cold(folder: Path) -> float:
    """From nothing running to an answer in a cell."""
    start = perf_counter()
    office = Office(folder / "profile")
    try:
        with office.new() as book:
            book.ask("write", "Sheet1", "A1", [[call("ATT_PA", "315", "350")]])
            assert book.cell("Sheet1", "A1") == "Yes"
            return perf_counter() - start
    finally:
        office.stop()


def _recalculated(office: Office, wanted: Sequence[Cell]) -> tuple[float, float]:
    """How long a hard recalculation takes, and how long another one of the very same cells."""
    page = Page()
    formulas = [call(name, *(page.place(argument) for argument in arguments)) for name, arguments in wanted]
    with office.new() as book:
        book.ask("stay_still")
        where = page.fill(book, formulas)
        first = _seconds(book)
        found = [row[0] for row in book.ask("values", "Sheet1", where)]
        for value, expected in zip(found, plain(wanted), strict=True):
            assert same(value, expected), "LibreOffice says something else than plain Python"
        return first, _seconds(book)


def _seconds(book: Book) -> float:
    return float(book.ask("recalculate"))


if __name__ == "__main__":
    for name, seconds in measure().items():
        sys.stdout.write(f"{seconds:8.3f}  {name}\n")
