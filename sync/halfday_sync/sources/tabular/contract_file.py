"""The contract's CSV files as rows: UTF-8 (with or without a byte order mark), headings in row 1, any column order."""

import csv
import difflib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from halfday_sync.sources.wording import listed


@dataclass(frozen=True)
class ContractFile:
    """One file of the contract, opened.

    Attributes:
        name: the file's name without its folder.
        text: everything below the byte order mark.
        columns: position of each column of the contract that the file has.
        width: how many headings there are.
    """

    name: str
    text: str
    columns: dict[str, int]
    width: int

    def rows(self) -> Iterator[list[str]]:
        """Rows below the headings; the first one is row 2 of the spreadsheet. A blank line is an empty list.

        Raises:
            csv.Error: the text is not CSV (a quote that is never closed, say).
        """
        reader = _reader(self.text)
        next(reader)
        return reader

    def plain_lines(self) -> list[str] | None:
        """The lines below the headings, where commas and line ends can mean nothing else; none for any other CSV."""
        text = self.text.replace("\r\n", "\n")
        if '"' in text or "\r" in text:
            return None
        return text.split("\n")[1:]

    def cell(self, row: Sequence[str], column: str) -> str:
        """The trimmed text of a column in a row, blank when the file has no such column."""
        at = self.columns.get(column)
        return row[at].strip() if at is not None and at < len(row) else ""


def _reader(text: str) -> Iterator[list[str]]:
    # strict: an unclosed quote would otherwise swallow the rest of the file without a word
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def opened(
    path: Path, known: Sequence[str], required: Sequence[str], problems: list[str], notes: list[str]
) -> ContractFile | None:
    """The file's text and headings, or None with the reason added to `problems`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(f"{path.name}: it could not be opened ({error.strerror})")
        return None
    except UnicodeDecodeError:
        problems.append(f"{path.name}: it is not UTF-8 text; save it as 'CSV UTF-8 (comma delimited)'")
        return None
    try:
        headings = next(_reader(text), [])
    except csv.Error as error:
        problems.append(f"{path.name}, row 1: it is not CSV ({error})")
        return None
    tidy = [heading.strip().casefold() for heading in headings]
    found = _heading_problems(path.name, tidy, known, required)
    problems.extend(found)
    if found:
        return None
    unused = sorted({heading for heading in tidy if heading} - set(known))
    if unused:
        notes.append(f"{path.name}: not used, as the contract has no such column: {listed(unused)}")
    return ContractFile(path.name, text, {name: tidy.index(name) for name in known if name in tidy}, len(tidy))


def _heading_problems(name: str, tidy: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    problems = []
    others = [text for text in tidy if text not in known]
    # without one known heading row 1 is somebody's data, and no word of it is repeated
    others = others if len(others) < len(tidy) else []
    for column in required:
        if column not in tidy:
            near = difflib.get_close_matches(column, others, 1, 0.75)
            meant = f" (is {near[0]!r} meant to be it?)" if near else ""
            problems.append(f"{name}, row 1: the column '{column}' is missing{meant}")
    problems += [f"{name}, row 1: the column '{column}' is there twice" for column in known if tidy.count(column) > 1]
    return problems
