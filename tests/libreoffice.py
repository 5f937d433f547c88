"""A real LibreOffice for the tests: one soffice with a profile of its own, several workbooks in it.

UNO speaks through the Python that LibreOffice was built for, not through ours, so a program of its own
(`libreoffice_uno.py`) does what is asked of it, line by line.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import pytest

from halfday_sync.addins.libreoffice import PREFIX
from halfday_sync.addins.libreoffice.package import extension

_PROGRAM = Path(__file__).with_name("libreoffice_uno.py")
_FUNCTION_CELL = re.compile(r"(<c\b[^>]*?)( t=\"\w+\")?(>\s*<f>[^<]*?)(ATT_[^<]*</f>)<v>[^<]*</v>")
STALE = "stale"
UNOIDL_WRITE = Path("/usr/lib/libreoffice/sdk/bin/unoidl-write")
"""LibreOffice's own writer of type libraries, where Debian's libreoffice-dev puts it."""


def _with_its_python(environment: Mapping[str, str], python: Path | str) -> dict[str, str]:
    """The environment for LibreOffice, whose Python takes the first `python3` of the path for its own home."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return kept | {"PATH": os.pathsep.join([str(Path(python).parent), kept.get("PATH", "")])}


class LibreOfficeError(Exception):
    """What LibreOffice said when it could not do something."""


class Office:
    """A running soffice."""

    def __init__(self, profile: Path) -> None:
        soffice = shutil.which("soffice")
        if soffice is None:
            raise LibreOfficeError("soffice is not installed")
        self._process = subprocess.Popen(
            [_python_with_uno(soffice), str(_PROGRAM)],
            env=_with_its_python(os.environ, _python_with_uno(soffice)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.ask(str(profile), soffice)

    def ask(self, what: str, *arguments: object) -> Any:
        """Has something done; the methods of `libreoffice_uno.Office` say what there is."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([what, *arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise LibreOfficeError(f"LibreOffice ended while it was asked to {what}")
        word, value = json.loads(line)
        if word != "done":
            raise LibreOfficeError(value)
        return value

    def open(self, path: Path, password: str = "") -> "Book":
        """A workbook file, opened."""
        return Book(self, self.ask("open", str(path), password))

    def new(self) -> "Book":
        """A new workbook with one sheet, `Sheet1`."""
        return Book(self, self.ask("new"))

    def stop(self) -> None:
        """Ends soffice and the program that speaks to it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


class Book:
    """An open workbook."""

    def __init__(self, office: Office, number: int) -> None:
        self._office, self._number = office, number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.ask("close")

    def ask(self, what: str, *arguments: object) -> Any:
        """Has something done with this workbook."""
        return self._office.ask(what, self._number, *arguments)

    def cell(self, sheet: str, address: str) -> Any:
        """What one cell holds: a text, a number, or nothing for an error."""
        return self.ask("values", sheet, address)[0][0]

    def table(self, sheet: str, key: str) -> dict[str, dict[str, Any]]:
        """A sheet with headers in its first row, row by row, by the text of the key column."""
        header, *rows = self.ask("used", sheet)
        return {row[header.index(key)]: dict(zip(header, row, strict=True)) for row in rows if row[header.index(key)]}


class Page:
    """One sheet for all calls: each distinct argument once, in a cell or a block of cells; the formulas beside them."""

    _CELLS, _BLOCKS, _FORMULAS = 0, 2, 20

    def __init__(self) -> None:
        self.cells: list[list[Any]] = []
        self.blocks: list[list[Any]] = []
        self._places: dict[str, str] = {}

    def place(self, argument: object) -> str:
        """The address of an argument: a value, or rows of them."""
        key = repr(argument)
        if key not in self._places:
            self._places[key] = self._block(argument) if isinstance(argument, list | tuple) else self._cell(argument)
        return self._places[key]

    def _cell(self, argument: object) -> str:
        self.cells.append([argument])
        return f"{column(self._CELLS)}{len(self.cells)}"

    def _block(self, rows: Any) -> str:
        first, wide = len(self.blocks) + 1, max(map(len, rows))
        self.blocks += [[*row, *[""] * (wide - len(row))] for row in rows]
        return f"{column(self._BLOCKS)}{first}:{column(self._BLOCKS + wide - 1)}{len(self.blocks)}"

    def fill(self, book: Book, formulas: list[str]) -> str:
        """Writes it all into a new workbook; where the formulas stand."""
        book.ask("fill", "Sheet1", f"A1:A{len(self.cells)}", self.cells)
        if self.blocks:
            wide = max(map(len, self.blocks))
            blocks = [[*row, *[""] * (wide - len(row))] for row in self.blocks]
            book.ask("fill", "Sheet1", f"C1:{column(self._BLOCKS + wide - 1)}{len(blocks)}", blocks)
        where = f"{column(self._FORMULAS)}1:{column(self._FORMULAS)}{len(formulas)}"
        book.ask("write", "Sheet1", where, [[formula] for formula in formulas])
        return where


@cache
def has_uno() -> bool:
    """Whether there is a Python that can speak to LibreOffice."""
    try:
        return bool(_python_with_uno(shutil.which("soffice") or ""))
    except LibreOfficeError:
        return False


def _python_with_uno(soffice: str) -> str:
    """The Python that LibreOffice was built for: the system's, or one beside soffice."""
    beside = Path(soffice).resolve().parent
    for found in ("/usr/bin/python3", str(beside / "python"), str(beside / "python.exe"), sys.executable):
        if (
            Path(found).is_file()
            and subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode == 0
        ):
            return found
    raise LibreOfficeError("no Python here has LibreOffice's module uno; install python3-uno (.ci/run does)")


@pytest.fixture(scope="session")
def extension_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as a file."""
    path = tmp_path_factory.mktemp("extension") / "halfday.oxt"
    path.write_bytes(extension())
    return path


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, extension_file: Path) -> Iterator[Office]:
    """LibreOffice with the functions, for all tests of the session."""
    office = Office(tmp_path_factory.mktemp("profile"))
    try:
        office.ask("install", str(extension_file))
        yield office
    finally:
        office.stop()


@pytest.fixture(scope="session")
def bare_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """LibreOffice without the functions."""
    office = Office(tmp_path_factory.mktemp("bare_profile"))
    try:
        yield office
    finally:
        office.stop()


def with_stale_values(data: bytes) -> tuple[bytes, int]:
    """A workbook in which every cell with a function holds a wrong value; how many such cells there are."""
    out, count = BytesIO(), 0
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            part = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                text, found = _FUNCTION_CELL.subn(rf'\1 t="str"\3\4<v>{STALE}</v>', part.decode("utf-8"))
                part, count = text.encode("utf-8"), count + found
            new.writestr(item, part)
    return out.getvalue(), count


def serial(value: Any) -> Any:
    """A value as Calc holds it: dates and truth are numbers, nothing is an empty text."""
    if hasattr(value, "toordinal"):
        return float(value.toordinal() - 693_594)
    if isinstance(value, bool | int):
        return float(value)
    return "" if value is None else value


def call(name: str, *arguments: str, separator: str = ";") -> str:
    """A formula that calls a function of the add-in."""
    return f"={PREFIX}{name}({separator.join(arguments)})"


def column(at: int) -> str:
    """The letters of a column, counted from 0."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def differences(found: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Where two tables differ, by key and column; columns that are not wanted do not matter."""
    return [
        f"{key}, {title}: {found.get(key, {}).get(title)!r}, not {value!r}"
        for key, row in wanted.items()
        for title, value in row.items()
        if not same(found.get(key, {}).get(title), value)
    ]


def same(found: Any, wanted: Any) -> bool:
    """Whether a cell holds a value."""
    wanted = serial(wanted)
    if isinstance(found, float) and isinstance(wanted, float):
        return abs(found - wanted) < 1e-12
    return bool(found == wanted)
