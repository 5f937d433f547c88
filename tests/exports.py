"""Exports as an office makes them, for tests of the command line."""

from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]
"""Runs the command; gives its exit code, output and errors."""


def import_file(folder: Path, rows: list[str]) -> Path:
    path = folder / "export.csv"
    head = "Admission Number,Legal Surname,Preferred Forename,DOB,Year,Class,Date,Session,Code"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def rows_of(days: int) -> list[str]:
    return [
        f"{number},Sur{number},Fore{number},2{number % 8}/05/2017,3,Elm,{day:02d}/09/2025,{session},{code}"
        for number in range(100, 110)
        for day in range(15, 15 + days)
        for session, code in (("AM", "/"), ("PM", "\\"))
    ]
