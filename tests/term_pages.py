"""A morning as plain text that a person can read and sign: pages, tables, and the letters that were made on it."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from tests.term_reading import headers, text

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.entries import LETTERS, PLANS
from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.layout import Column, document
from halfday_sync.workbook.update.seen import Value

TODAY, REVIEW, LETTERS_SHEET, PLANS_SHEET, FILES = "today", "review", "letters", "plans", "files"
"""The parts of a morning that can be looked at."""
_NEVER = {"entry", "pupil_id"}


def morning(desk: Desk, folder: Path, new: Sequence[Path], parts: Sequence[str]) -> str:
    """The parts of a morning that are asked for, as text; `new` are the letters that were made on it."""
    told: list[str] = []
    for part in parts:
        if part in {TODAY, REVIEW}:
            told += [*_page(desk, part), ""]
        elif part == LETTERS_SHEET:
            told += [*_table(desk, LETTERS), ""]
        elif part == PLANS_SHEET:
            told += [*_table(desk, PLANS), ""]
        elif part == FILES:
            told += _files(folder, new)
    return "\n".join(told).rstrip("\n") + "\n"


def _page(desk: Desk, name: str) -> Iterator[str]:
    """A page as text: headings as they are, a row of a list under its headers in one line."""
    sheet = desk.seen.sheets[str(document("layout")[name]["title"])]
    hidden = ord(str(document("layout")[name]["key"])) - ord("A") + 1
    heads = headers(name)
    at: Mapping[int, Column] = {}
    yield f"=== {sheet.name} ==="
    for row in range(1, sheet.last_row + 1):
        every = {column: desk.value(sheet.name, row, column) for column in range(1, hidden)}
        shown = {column: value for column, value in every.items() if value not in (None, "")}
        titled = {column: heads[value] for column, value in shown.items() if value in heads}
        if len(titled) > 1:
            at = titled
            yield "    " + " | ".join(column.title for column in titled.values())
        elif at and len(shown) > 1 and set(shown) <= set(at):
            yield "  - " + _row(shown, at)
        elif shown:
            at = {}
            yield _row(shown, at)


def _row(shown: Mapping[int, Value], at: Mapping[int, Column]) -> str:
    said = (text(value, at[column].format if column in at else "") for column, value in shown.items())
    return " | ".join(" / ".join(one.splitlines()) for one in said)


def _table(desk: Desk, name: str) -> Iterator[str]:
    """A table as text: a paragraph a row, with all that its cells say."""
    keyed = next(one for one in keyed_tables() if one.name == name)
    yield f"=== {desk.seen.tables[name].sheet} ==="
    for row, _key in desk.rows(name):
        said = {c.title: text(desk.cell(name, row, c.key), c.format) for c in keyed.columns if c.key not in _NEVER}
        yield "* " + "; ".join(f"{title}: {' / '.join(one.splitlines())}" for title, one in said.items() if one)


def _files(folder: Path, new: Sequence[Path]) -> Iterator[str]:
    """The letters that were made on a morning, and the names of all that must not be sent."""
    for path in sorted(new):
        yield from (f"=== {path.relative_to(folder)} ===", *letter(path), "")
    gone = sorted(path.name for path in folder.glob("letters/withdrawn/*"))
    if gone:
        yield from ("=== letters/withdrawn ===", *gone)


def letter(path: Path) -> Iterator[str]:
    """A letter as text, paragraph by paragraph, its head and foot too."""
    from docx import Document

    made = Document(BytesIO(path.read_bytes()))
    section = made.sections[0]
    for part in (section.header, made, section.footer):
        for block in part.iter_inner_content():
            if hasattr(block, "rows"):
                yield from (" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows)
            elif block.text.strip():
                yield block.text.strip()
