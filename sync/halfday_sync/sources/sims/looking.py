"""What `halfday source test` says about what SIMS gave: columns found, marks, the newest day. Never a name."""

from collections.abc import Iterator

from halfday.printing import counted, date_in_words
from halfday_sync.sources.base import Look, Snapshot
from halfday_sync.sources.sims.gathering import Gathered


def columns_found(gathered: Gathered) -> Iterator[Look]:
    """A step for each table: which of its captions was taken for what."""
    for one in gathered.tables:
        head = one.head
        if head is None:
            continue
        known = [
            f"{name}: '{head.headings[places[0]]}'" + (f" and {len(places) - 1} more" if len(places) > 1 else "")
            for name, places in head.columns.items()
        ]
        rows = counted(len(one.body), "row")
        yield Look(one.table.where, well=True, words=f"{rows}; {'; '.join(known)}")


def marks_found(snapshot: Snapshot) -> Look:
    """How many marks of how many pupils, and how new."""
    newest = max((key.date for key in snapshot.register.sessions), default=None)
    words = f"{snapshot.register.count():,} marks of {counted(len(snapshot.pupils), 'pupil')}"
    if newest is None:
        return Look("marks", well=False, words=words, now="Look in SIMS which days the report is asked for.")
    return Look("marks", well=True, words=f"{words}; the newest are of {newest:%a} {date_in_words(newest)}")
