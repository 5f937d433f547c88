"""A Pyodide of a few bytes, for the tests that build the Excel 365 add-in's folder."""

import hashlib
from pathlib import Path

ADDRESS = "https://halfday.school.example"
PARTS = {"pyodide.js": b"// js", "pyodide.asm.js": b"// asm", "pyodide.asm.wasm": b"wasm", "python_stdlib.zip": b"zip"}
SUMS = {name: hashlib.sha256(data).hexdigest() for name, data in PARTS.items()}


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
