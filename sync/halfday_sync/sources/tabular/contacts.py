"""Lists of contacts out of tables: whom to ring and to write to, one row each (`contacts.csv`).

What is wrong with a row costs that row, or the cell, and never a mark: it is left out and told by its number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from halfday.carer import Carer
from halfday.printing import counted, first_few
from halfday_sync.sources.carers import (
    LAST,
    CarerList,
    ListedCarer,
    is_spoiled,
    may_lack_its_zero,
    tidy_name,
    tidy_phone,
    tidy_words,
)
from halfday_sync.sources.meanings import yes_no
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.contact_columns import ContactColumns, contact_columns
from halfday_sync.sources.tabular.tables import HEADINGS_WITHIN, Table, from_text

_HEADINGS = "pupil_id, order, name, relationship, phone, phone_2, letters"
_FAULTS = {
    "nobody": "left out, as no pupil is named",
    "empty": "left out, as there is neither a name nor a number",
    "order": "without a number as order: rung last",
    "letters": "with a word under letters that is neither yes nor no: no letter goes there",
    "spoiled": "with a number that a spreadsheet put into powers of ten: its digits are lost",
    "zero": "with a number that may have lost its first 0 in a spreadsheet: it is shown as it came. Make the column "
    "text before saving",
}


def contacts_apart(tables: Iterable[Table], mapping: Mapping) -> tuple[list[Table], list[Table]]:
    """Tables of pupils and marks, and lists of contacts; a list of pupils with a contact in each row is both."""
    others: list[Table] = []
    contacts: list[Table] = []
    for table in tables:
        found = _headings(table, mapping)
        if found is not None:
            contacts.append(table)
        if found is None or found[1].of_pupils:
            others.append(table)
    return others, contacts


def is_contacts(table: Table, mapping: Mapping) -> bool:
    """Whether a table is a list of contacts."""
    return _headings(table, mapping) is not None


def read_contacts(tables: Iterable[Table], mapping: Mapping, notes: list[str]) -> tuple[Carer, ...] | None:
    """The carers of lists of contacts; None where there is no such list. `notes` says what was left out."""
    found: tuple[Carer, ...] | None = None
    for table in tables:
        headings = _headings(table, mapping)
        if headings is not None:
            at, columns = headings
            told = CarerList(table.where)
            faults: dict[str, list[int]] = defaultdict(list)
            for number, cells in enumerate(table.rows[at + 1 :], at + 2):
                _take(_padded(cells, len(table.rows[at])), number, columns, told, faults)
            found = (*(found or ()), *told.carers())
            notes += [*_fault_lines(table.where, faults), *told.notes]
    return found


def read_contacts_file(path: Path, problems: list[str], notes: list[str]) -> tuple[Carer, ...] | None:
    """The carers of the contract's `contacts.csv`; None, and the reason in `problems`, where it is no such list."""
    mapping = Mapping()
    try:
        table = from_text(path.name, path.read_bytes(), mapping, notes, delimiter=",")
    except OSError as error:
        problems.append(f"{path.name}: it could not be opened ({error.strerror})")
        return None
    except ValueError as error:
        problems.append(f"{path.name}: {error}")
        return None
    if not is_contacts(table, mapping):
        problems.append(f"{path.name}: it is no list of contacts; its columns are {_HEADINGS}")
        return None
    return read_contacts([table], mapping, notes)


def _headings(table: Table, mapping: Mapping) -> tuple[int, ContactColumns] | None:
    for at, row in enumerate(table.rows[:HEADINGS_WITHIN]):
        columns = contact_columns(row, mapping)
        if columns is not None:
            return at, columns
    return None


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _take(
    cells: Sequence[str], number: int, columns: ContactColumns, told: CarerList, faults: dict[str, list[int]]
) -> None:
    if not any(cells):
        return
    pupil_id = next((cells[at].strip() for at in columns.pupil if cells[at].strip()), "")
    name = tidy_name(" ".join(cells[at] for at in columns.name))
    phones = tuple(_phones([cells[at] for at in columns.phones], number, faults))
    if not pupil_id or not (name or phones):
        faults["nobody" if not pupil_id else "empty"].append(number)
        return
    relationship = tidy_words(" ".join(cells[at] for at in columns.relationship))
    told.add(
        ListedCarer(
            pupil_id,
            f"{name}\n{relationship}".casefold() if name else f"row {number}",
            name,
            relationship,
            phones,
            _letters(cells, number, columns, faults),
            (_order(" ".join(cells[at] for at in columns.order), number, faults),),
        )
    )


def _phones(cells: Iterable[str], number: int, faults: dict[str, list[int]]) -> Iterator[str]:
    for cell in cells:
        phone = tidy_phone(cell)
        if is_spoiled(cell):
            _once(faults["spoiled"], number)
        elif phone:
            if may_lack_its_zero(phone):
                _once(faults["zero"], number)
            yield phone


def _once(rows: list[int], number: int) -> None:
    if number not in rows[-1:]:
        rows.append(number)


def _letters(cells: Sequence[str], number: int, columns: ContactColumns, faults: dict[str, list[int]]) -> bool | None:
    """Whether letters go there: where one column says so, unless a court order is noted or a word is not known."""
    written = [cells[at] for at in columns.letters if cells[at].strip()]
    meant = [yes_no(text) for text in written]
    if None in meant:
        faults["letters"].append(number)
        return False
    if any(cells[at].strip() and yes_no(cells[at]) is not False for at in columns.court_order):
        return False
    return any(meant) if meant else None


def _order(text: str, number: int, faults: dict[str, list[int]]) -> float:
    told = text.strip()
    if not told:
        return LAST
    whole = told.removesuffix(".0")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= 6):
        faults["order"].append(number)
        return LAST
    return int(whole)


def _fault_lines(where: str, faults: dict[str, list[int]]) -> Iterator[str]:
    for fault, words in _FAULTS.items():
        if rows := faults.get(fault):
            which = "row" if len(rows) == 1 else "rows"
            yield f"{where}: {counted(len(rows), 'row')} {words} ({which} {first_few(rows)})"
