"""The cells of a sheet, and what stands in two of them beside each other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from halfday_sync.referrals.proof.markup import Node
from halfday_sync.referrals.proof.texts import PAIR, WORDS, Text


class Sheet(NamedTuple):
    """A sheet: its part, its title, its markup."""

    part: str
    title: str
    root: Node


def sheet_texts(sheet: Sheet, shared: Sequence[str], used: set[int]) -> Iterator[Text]:
    """What each cell says, and each two beside each other; `used` learns which shared texts are shown."""
    for row in sheet.root.named("row"):
        before: tuple[str, str] | None = None
        for cell in row.named("c"):
            where, said = cell.attributes.get("r", ""), "".join(_said(cell, shared, used))
            if not said:
                continue
            yield Text(sheet.part, where, said, WORDS, sheet.title, is_alone=True)
            if before is not None:
                yield Text(sheet.part, f"{before[0]} and {where}", f"{before[1]} {said}", PAIR, sheet.title)
            before = (where, said)


def _said(cell: Node, shared: Sequence[str], used: set[int]) -> Iterator[str]:
    """A cell's text or number, and what a text in the cell itself says."""
    for node in cell.named("v", "is"):
        if node.name == "v" and cell.attributes.get("t") == "s" and node.text.strip().isdecimal():
            at = int(node.text)
            if at < len(shared):
                used.add(at)
                yield shared[at]
        else:
            yield node.text
