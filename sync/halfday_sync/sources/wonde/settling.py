"""Lists that are changed while they are read: noticed, and read again until they hold still.

Pages are numbered, so a row that changes may move to another page. Then some row shows twice, or one slips by unseen;
and none can slip by without another showing twice. So a reading in which a row shows twice, or which is shorter than
the service says, is not trusted alone. (Only where a row vanishes altogether may another slip by unnoticed. The next
whole reading finds it.)
"""

from collections.abc import Callable, Iterable

from halfday_sync.errors import UnreachableError
from halfday_sync.sources.wonde.pages import Pages
from halfday_sync.sources.wonde.values import Record, moment, text

PASSES = 4
"""How often lists are read at most."""


def settled(read: Callable[[], list[Pages]], what: str) -> list[Pages]:
    """The lists, out of a reading during which nothing moved, or of two that were the same row for row.

    Args:
        read: reads all of the lists that belong together; a row may move from one to the other.
        what: what they hold, for the message (`marks`).

    Raises:
        UnreachableError: they were being changed all the time.
    """
    before: list[list[Record]] = []
    for _ in range(PASSES):
        lists = read()
        rows = [pages.rows for pages in lists]
        if not _moved(lists) or rows == before:
            return lists
        before = rows
    raise UnreachableError(
        f"The {what} at Wonde were being changed all the while they were read.",
        now="Nothing has to be done: the next run reads them again.",
    )


def newest_rows(lists: Iterable[Pages]) -> list[Record]:
    """Each row once; of one that shows twice, the newest, which is the later one where no time is told."""
    found: dict[str, Record] = {}
    for pages in lists:
        for row in pages.rows:
            before = found.get(text(row.get("id")))
            if before is None or moment(row.get("updated_at")) >= moment(before.get("updated_at")):
                found[text(row.get("id"))] = row
    return list(found.values())


def _moved(lists: Iterable[Pages]) -> bool:
    seen: set[str] = set()
    for pages in lists:
        ids = {text(row.get("id")) for row in pages.rows}
        if len(ids) < len(pages.rows) or ids & seen or pages.total not in (None, len(pages.rows)):
            return True
        seen |= ids
    return False
