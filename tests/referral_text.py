"""A sheet of a pack as plain text, for golden files: block by block, a row a line."""

from collections.abc import Iterator

from halfday_sync.referrals.content import Block, Boxes, Facts, Grid, Sheet, Table, Words


def text_of(sheet: Sheet) -> str:
    """All that it says, and how the sessions of a grid look."""
    return "\n".join([sheet.title, *(line for block in sheet.blocks for line in _lines(block))]) + "\n"


def _lines(block: Block) -> Iterator[str]:
    yield from ("", f"{type(block).__name__}: {block.title}")
    if isinstance(block, Facts):
        for fact in block.rows:
            yield f"  {fact.label}: {fact.value or '____' * fact.by_hand}{f' ({fact.note})' if fact.note else ''}"
    elif isinstance(block, Words):
        yield from (f"  {'! ' * block.warning}{line}" for line in block.lines)
    elif isinstance(block, Boxes):
        yield from (f"  {line}" for line in block.statements)
        yield from (f"  {who}: ____" for who in block.signed_by)
    else:
        yield from _grid(block) if isinstance(block, Grid) else _table(block)


def _table(block: Table) -> Iterator[str]:
    yield f"  {' | '.join(block.headings)}"
    yield from (f"  {' | '.join(map(str, row))}" for row in block.rows)
    if not block.rows:
        yield f"  {block.empty}"
    if block.note:
        yield f"  {block.note}"


def _grid(block: Grid) -> Iterator[str]:
    yield f"  {' | '.join(block.counted)}"
    for week in block.weeks:
        codes = " ".join(f"{code or '.':2}" for code in week.codes)
        looks = "".join(look[:1] or "." for look in week.looks)
        yield f"  {week.label:>11}  {codes} {looks}  {' '.join(map(str, week.counts))}"
    yield f"  {' '.join(map(str, block.totals))}" if block.weeks else f"  {block.empty}"
