"""Any CSV, TXT or workbook file as tables of text: encodings, delimiters and sheets, before anything is understood."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Object
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from halfday.printing import counted
from halfday_sync.sources.tabular import xlsx
from halfday_sync.sources.tabular.columns import Mapping, find_columns
from halfday_sync.sources.tabular.contact_columns import contact_columns

HEADINGS_WITHIN = 30
"""The headings are looked for in this many rows."""
_DELIMITERS = (",", ";", "\t", "|")
_FORMULA_TEXT = re.compile(r'="(.*)"')


@dataclass(frozen=True)
class Table:
    """One sheet or text file. `rows[i]` is row `i + 1` of a spreadsheet; `where` names it in messages.

    Of tables written at other times (`written`, nanoseconds; 0: not told) the newer one counts where two differ.
    """

    where: str
    rows: list[list[str]]
    in_workbook: bool = False
    written: int = 0


def read_tables(paths: Iterable[Path], mapping: Mapping, problems: list[str], notes: list[str]) -> list[Table]:
    """Every table of every file. A file that cannot be read adds to `problems`, a repaired one to `notes`."""
    tables: list[Table] = []
    for path in paths:
        try:
            if path.suffix.casefold() in xlsx.SUFFIXES:
                tables += _workbook(path, mapping, problems)
            else:
                tables.append(from_text(path.name, path.read_bytes(), mapping, notes))
        except OSError as error:
            problems.append(f"{path.name}: it could not be opened ({error.strerror})")
        except ValueError as error:
            problems.append(f"{path.name}: {error}")
    return tables


def from_objects(where: str, objects: Sequence[Object[str, object]]) -> Table:
    """A table of objects that a service or a file of JSON or XML gives: their keys are its headings, in row 1.

    Raises:
        ValueError: a value is itself a list or an object.
    """
    headings = list(dict.fromkeys(key for row in objects for key in row))
    return Table(where, [headings, *[[_plain(row.get(key)) for key in headings] for row in objects]])


def _plain(value: object) -> str:
    """A value as text, as a CSV file would have it.

    >>> _plain(None), _plain(True), _plain(12), _plain(" AM ")
    ('', 'true', '12', 'AM')
    """
    if isinstance(value, list | dict):
        raise ValueError("it holds lists or objects where single values are expected")  # noqa: TRY004 - it is data
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def from_text(where: str, data: bytes, mapping: Mapping, notes: list[str], *, delimiter: str = "") -> Table:
    """A table of a text file's bytes; the delimiter is found by the headings unless it is known.

    Raises:
        ValueError: it is no text, no CSV, or has no headings that are known.
    """
    text, note = decoded(data)
    if note:
        notes.append(f"{where}: {note}")
    tidy = _unwrapped if '="' in text else str.strip
    try:
        return Table(where, [list(map(tidy, row)) for row in csv_rows(text, delimiter or _delimiter(text, mapping))])
    except csv.Error as error:
        raise ValueError(f"it is not CSV ({error})") from error


def heading_row(rows: list[list[str]], mapping: Mapping) -> tuple[int, int]:
    """Where the headings are (index into `rows`) and how many of them are known; 0 known when there are none.

    One known word is no row of headings: a pupil may be called Mark.
    """
    if mapping.header_row is not None:
        at = mapping.header_row - 1
        known = len(find_columns(rows[at], mapping)[0]) if at < len(rows) else 0
        return at, known if known >= 2 else 0
    known, at = max(
        ((len(find_columns(row, mapping)[0]), -at) for at, row in enumerate(rows[:HEADINGS_WITHIN])), default=(0, 0)
    )
    return -at, known if known >= 2 else 0


def headings(table: Table, mapping: Mapping) -> list[str]:
    """The headings of a table; none where no row of it is known to be its headings."""
    at, known = heading_row(table.rows, mapping)
    return table.rows[at] if known else []


def _workbook(path: Path, mapping: Mapping, problems: list[str]) -> list[Table]:
    sheets = xlsx.read_sheets(path)
    if mapping.sheet and mapping.sheet not in sheets:
        count = counted(len(sheets), "sheet")
        problems.append(f"{path.name}: the mapping file names a sheet that is not there; there are {count}")
        return []
    # sheets go by number in messages: a name may be a pupil's
    return [
        Table(f"{path.name}, sheet {number}", sheets[name], in_workbook=True)
        for number, name in enumerate(sheets, 1)
        if mapping.sheet in ("", name) and sheets[name]
    ]


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file's bytes, and a note where the encoding had to be concluded.

    Raises:
        ValueError: the bytes are no text.

    >>> decoded("Zoë".encode("utf-16"))[0], decoded("Zoë".encode("cp1252"))
    ('Zoë', ('Zoë', 'it is not UTF-8 text and was read as Windows-1252'))
    """
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), ""
        if b"\0" in data:
            raise ValueError("it is not a text file; save it as CSV or as a workbook (.xlsx)")
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "it is not UTF-8 text and was read as Windows-1252"
    except UnicodeDecodeError:
        raise ValueError("it is neither UTF-8, UTF-16 nor Windows-1252 text; save it as 'CSV UTF-8'") from None


def _delimiter(text: str, mapping: Mapping) -> str:
    """The delimiter that makes headings of the first rows; two that do so equally well are refused."""
    scores: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        try:
            rows = list(islice(csv_rows(text, delimiter), max(HEADINGS_WITHIN, mapping.header_row or 0)))
        except csv.Error:
            continue
        contacts = any(contact_columns(row, mapping) for row in rows[:HEADINGS_WITHIN])
        scores[delimiter] = max(heading_row(rows, mapping)[1], 2 * contacts)
    best = max(scores.values(), default=0)
    if not best:
        raise ValueError(
            "no row of headings was found in it (Admission Number, UPN, Date, Session, Code and the like); "
            "a mapping file can say which heading means what"
        )
    winners = [delimiter for delimiter, score in scores.items() if score == best]
    if len(winners) > 1:
        raise ValueError("it cannot be told which character separates its columns")
    return winners[0]


def csv_rows(text: str, delimiter: str) -> Iterable[list[str]]:
    """The rows of a CSV text. Raises `csv.Error` where a quote is not closed."""
    # strict: an unclosed quote would otherwise swallow the rest of the file without a word
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _unwrapped(text: str) -> str:
    """A cell's text, without the ="…" in which some systems wrap numbers to keep their zeros.

    >>> _unwrapped('="002101"'), _unwrapped(" AM ")
    ('002101', 'AM')
    """
    text = text.strip()
    wrapped = _FORMULA_TEXT.fullmatch(text)
    return wrapped[1].strip() if wrapped else text
