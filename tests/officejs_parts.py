"""A Pyodide of a few bytes, for the tests that build the Excel 365 add-in's folder."""

import hashlib
from pathlib import Path

import pytest

from halfday_sync.addins.officejs import pyodide

ADDRESS = "https://halfday.school.example"
PARTS = {"pyodide.js": b"// js", "pyodide.asm.js": b"// asm", "pyodide.asm.wasm": b"wasm", "python_stdlib.zip": b"zip"}
SUMS = {name: hashlib.sha256(data).hexdigest() for name, data in PARTS.items()}


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pyodide of a few bytes: what is checked is the checking."""
    monkeypatch.setattr(pyodide, "pin", lambda: pyodide.Pin("9.9.9", "3.99", SUMS))


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    folder = tmp_path / "download"
    folder.mkdir()
    for name, data in PARTS.items():
        (folder / name).write_bytes(data)
    return folder
