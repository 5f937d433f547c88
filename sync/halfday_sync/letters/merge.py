"""A table for mail merge: a row a letter and parent, for schools that print elsewhere. Text only, never a formula."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

_OF_LETTER = (
    "letter", "title", "date", "parents", "carer", "pupil", "forename", "as_of", "personal_line",
    "support_offered", "support_given", "actions_agreed", "meeting_date", "meeting_place", "meeting_people",
    "school", "school_contact", "sender", "policy",
)  # fmt: skip
_OF_CHILD = (
    "pupil_id", "pupil", "forename", "class", "percent", "percent_half_term", "percent_term", "percent_before",
    "missed", "missed_half_term", "missed_term", "lessons", "why",
)  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """A letter for the table: its row on Letters, its title, and what it says (frozen)."""

    key: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def merge_table(letters: Sequence[Merged]) -> bytes:
    """The table as an Excel workbook.

    Word's mail merge takes one row a letter, so a second child of a family has columns of its own: `child_2_percent`.
    """
    import xlsxwriter  # noqa: PLC0415, TID251  (a second door, for a table that no person works in)

    rows = [row for letter in letters for row in _rows(letter)]
    columns = [*_OF_LETTER, *_child_columns(letters)]
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Letters")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@", "quote_prefix": True})
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, bold)
        sheet.set_column(at, at, 18, text)
        for place, row in enumerate(rows, 1):
            if row.get(column):
                sheet.write_string(place, at, row[column], text)
    sheet.freeze_panes(1, 0)
    book.close()
    return made.getvalue()


def _rows(letter: Merged) -> Iterator[dict[str, str]]:
    said = {name: _text(letter.fields.get(name, "")) for name in _OF_LETTER}
    for at, child in enumerate(letter.fields.get("children", ()), 1):
        said |= {f"child_{at}_{name}": _text(child.get(name, "")) for name in _OF_CHILD}
    for carer in letter.fields.get("carers") or [letter.fields.get("parents", "")]:
        yield {**said, "letter": letter.key, "title": letter.title, "carer": _text(carer)}


def _child_columns(letters: Sequence[Merged]) -> Iterator[str]:
    most = max((len(letter.fields.get("children", ())) for letter in letters), default=0)
    for at in range(1, most + 1):
        yield from (f"child_{at}_{name}" for name in _OF_CHILD)


def _text(value: Any) -> str:
    """A cell's text; a list is a line each. No longer than a cell may be."""
    return ("\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value))[:32_000]
