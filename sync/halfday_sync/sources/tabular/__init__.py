"""Tables: pupils and marks out of CSV, TXT and workbook files, for `halfday import` and `halfday evaluate`.

Three doors:

- `read_contract` reads the exact CSV files of the contract with other programs (`write_contract` writes them). Nothing
  is repaired, 160,000 marks take about a tenth of a second.
- `read_table` reads what schools really export. It finds encoding, delimiter, headings, sheets and grids, and repairs
  what the files themselves prove.

- `snapshot_of` does the same with tables that are in memory already: a service's answer, or files that somebody else
  opened.

All take everything or nothing: each problem of each file is told at once as a `SourceError`, by file, row and pupil
id, and a message never repeats what may be a name. What was repaired, dropped or left out is told in the notes.

Decided once, and strictly, for `read_table`:

- **Whose row it is.** The admission number decides, else the UPN, never the name. Leading zeros that Excel took off are
  put back if the same number stands elsewhere in the import with its zeros, or if all numbers that begin with a zero
  have one width and none is longer. A UPN with a wrong check letter, or one that Excel made a number of, is dropped. A
  row without either id is left out if it only repeats the marks of the one pupil with that whole name and class.
- **Dates.** Day first or month first must be proven (see `dates`); a date without a year is refused; Excel's serial
  numbers and real dates are taken.
- **Codes.** `0` is refused, since Excel makes it of `-` but it may be an O. A blank code in a list is a missing mark
  (`-`); in a grid it says nothing.
- **Twice the same.** Marks that agree count once; marks that differ are refused with all their rows.
- **Comments** are left behind unless the mapping file says `keep_comments = true`: they may hold safeguarding notes.
- **A blank flag** is "not shared", never "no".

Other layouts are described by a mapping file (see `columns`).
"""

from importlib import import_module
from typing import TYPE_CHECKING

from halfday_sync.sources.tabular.contract import read_contract
from halfday_sync.sources.tabular.contract_write import write_contract

if TYPE_CHECKING:
    from halfday_sync.sources.tabular.columns import Mapping, mapping_of, read_mapping
    from halfday_sync.sources.tabular.read import read_table, snapshot_of
    from halfday_sync.sources.tabular.rules import Feed
    from halfday_sync.sources.tabular.tables import Table, from_objects, from_text, read_tables

__all__ = [
    "Feed",
    "Mapping",
    "Table",
    "from_objects",
    "from_text",
    "mapping_of",
    "read_contract",
    "read_mapping",
    "read_table",
    "read_tables",
    "snapshot_of",
    "write_contract",
]

_LATER = {
    "Feed": "rules",
    "Mapping": "columns",
    "Table": "tables",
    "from_objects": "tables",
    "from_text": "tables",
    "mapping_of": "columns",
    "read_mapping": "columns",
    "read_table": "read",
    "read_tables": "tables",
    "snapshot_of": "read",
}


def __getattr__(name: str) -> object:
    """What only imports need, when it is first asked for: `evaluate` starts 20 ms sooner without it."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
