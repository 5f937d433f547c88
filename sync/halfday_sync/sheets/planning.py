"""Plans a sync: what differs between the sheet people have and the pages it should show, and is ours to change.

Pure: it looks at frozen pictures and gives a plan. Tabs are found by number and marker, rows and columns by key,
wherever they are now.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.model import STAMP_PAGE, Cells, Page, Sent
from halfday_sync.sheets.plan import Plan
from halfday_sync.sheets.planning_keys import strayed_rows
from halfday_sync.sheets.planning_tab import Asked, Planned, in_a_new_tab, in_a_tab
from halfday_sync.sheets.seen import Seen
from halfday_sync.sheets.telling import AS_IT_WAS

_NOTHING = Sent()


def plan(  # noqa: PLR0913 - everything that decides, said at once
    pages: Sequence[Page],
    seen: Seen,
    sent: Sent,
    stamp: str,
    to_sheet: Mapping[str, Cells],
    renamed: Mapping[str, str],
    *,
    account: str,
    owners: Collection[str] = (),
    again: bool = False,
) -> Plan:
    """What a sync changes.

    Args:
        pages: the tabs as they should be, in their order; the page with the stamp is one of them.
        seen: the spreadsheet as it is now.
        sent: what was sent last, and arrived; nothing before the first time.
        stamp: what this sync is called; no other one is.
        to_sheet: SLT's cells that are to be written, by page.
        renamed: keys of rows that are called otherwise now (a pupil's new id), old to new.
        account: the address of the service account.
        owners: others that Google lets edit everywhere: who owns the file, or manages its drive.
        again: make tabs again that people deleted.

    Raises:
        SafetyError: a tab of Halfday's was deleted, or cannot be recognised any more; or rows stand beside other keys.
    """
    asked = Asked(sent, to_sheet, renamed, account, owners, again)
    refuse_lost_tabs(pages, seen, sent, again=again)
    done = tuple(_tabs(pages, seen, asked))
    tabs = tuple(one.plan for one in done)
    charts = {number: text for one in done for number, text in one.charts.items()}
    kept = Sent(
        stamp,
        cells={one.plan.page_id: one.cells for one in done},
        charts=charts,
        rules={one.plan.page_id: one.rules for one in done},
    )
    at = next(one.stamp_at for one in done if one.plan.page_id == STAMP_PAGE)
    # What arrived without a stamp, because a sync was cut off, is sent for good: else it would pass for people's work.
    # So is the stamp where another one stands there: whoever takes the sheet over is the last writer from now on.
    is_unsaid = not seen.stamp or seen.stamp != sent.stamp or kept.cells != sent.cells
    return Plan(stamp, at, tabs, kept, tuple(_told(pages, seen)), needs_stamp=is_unsaid)


def _tabs(pages: Sequence[Page], seen: Seen, asked: Asked) -> Iterator[Planned]:
    titles = {tab.title.casefold() for tab in seen.tabs}
    index = 0
    for page in pages:
        tab = seen.page(page.id)
        if tab is not None:
            index = tab.index + 1
            yield in_a_tab(page, tab, asked)
            continue
        title = _free(page.title, titles)
        titles.add(title.casefold())
        yield in_a_new_tab(page, title, index, asked)
        index += 1


def _free(title: str, taken: Collection[str]) -> str:
    """A name that no tab has: people may have a tab of that name.

    >>> _free("Summary", {"summary"})
    'Summary (Halfday)'
    """
    several = (title, f"{title} (Halfday)", *(f"{title} (Halfday {number})" for number in range(2, len(taken) + 3)))
    return next(name for name in several if name.casefold() not in taken)


class Named(Protocol):
    """What is known of a page before anything is worked out."""

    @property
    def id(self) -> str: ...  # noqa: D102

    @property
    def sheet_id(self) -> int: ...  # noqa: D102

    @property
    def title(self) -> str: ...  # noqa: D102


def refuse_lost_tabs(pages: Sequence[Named], seen: Seen, sent: Sent, *, again: bool = False) -> None:
    """Looks whether every tab that was sent once is there still, and known, and its rows too.

    To be called before SLT's answers are read: else they might be taken to be about other pupils.

    Args:
        pages: the tabs as they should be.
        seen: the spreadsheet as it is now.
        sent: what was sent last, and arrived.
        again: tabs that people deleted are made again.

    Raises:
        SafetyError: one was deleted, or cannot be recognised any more; or its rows stand beside other rows' keys.
    """
    if problems := tuple(_problems(pages, seen, sent, again=again)):
        raise SafetyError(
            "The Google Sheet was not brought up to date, for a tab of it is missing.",
            problems=problems,
            done=AS_IT_WAS,
        )
    if problems := tuple(_strayed(seen, sent)):
        raise SafetyError(
            "Somebody sorted or moved cells in the Google Sheet without the hidden column A, so nobody can say whom "
            "SLT's answers there are about.",
            problems=problems,
            done="No answer was taken from the sheet, and nothing was written to it.",
            now="Undo that in the sheet (Ctrl+Z, or File > Version history). To sort, use a filter view or whole rows.",
        )


def _strayed(seen: Seen, sent: Sent) -> Iterator[str]:
    for page_id, cells in sent.cells.items():
        tab = seen.page(page_id)
        rows = sorted(strayed_rows(tab, cells)) if tab is not None else []
        if tab is not None and rows:
            named = ", ".join(str(row + 1) for row in rows[:10])
            yield f"“{tab.title}”: row {named}{' …' if len(rows) > 10 else ''}"


def _problems(pages: Sequence[Named], seen: Seen, sent: Sent, *, again: bool) -> Iterator[str]:
    strange = {tab.sheet_id for tab in seen.others}
    for page in pages:
        if page.sheet_id in strange:
            tab = seen.numbered(page.sheet_id)
            yield (
                f"The tab “{tab.title if tab else page.title}” has lost the hidden cell by which Halfday knows it. "
                "Take that back (File > Version history), or delete the tab and run 'halfday mirror setup --again'."
            )
        elif seen.page(page.id) is None and page.id in sent.cells and not again:
            yield (
                f"The tab “{page.title}” was deleted. Bring it back (File > Version history), or have it made again "
                "with 'halfday mirror setup --again'; notes and colours that were on it do not come back that way."
            )


def _told(pages: Sequence[Page], seen: Seen) -> Iterator[str]:
    wanted = {page.id for page in pages}
    for page_id in seen.pages:
        if page_id not in wanted:  # its own name is people's: it may say anything, and this may go into a log
            yield (
                f"The tab with the page “{page_id}” is left out in the settings. It still shows what it held. "
                "Whoever owns the sheet can delete it."
            )
