"""What a source is asked for: only what changed since the last time, or everything again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from halfday_sync.store import SnapshotRow

WHOLE_DAYS = 7
"""Everything is asked for again every week: what a source forgot to tell as changed is found then. A year of 420
pupils takes a service about 800 pages; a week's delay of a mark that nobody told is bearable, a term's is not."""


def since(snapshots: Iterable[SnapshotRow], kind: str, now: datetime) -> datetime | None:
    """Since when to ask for changes; nothing where everything is to be asked for.

    The moment is that at which the last pull which was taken in began. One that failed or was refused left no snapshot,
    so the next one asks for its changes again. A source that goes by its own clock asks for somewhat more.

    Args:
        snapshots: those that were taken in, oldest first.
        kind: the kind of source they must be of.
        now: the time.
    """
    mine = [row for row in snapshots if row.source == kind]
    whole = [row for row in mine if row.since is None]
    if not whole or now - whole[-1].recorded_at > timedelta(days=WHOLE_DAYS):
        return None
    last = mine[-1]
    if last.began is not None or last.recorded_at > now:
        return None  # the clock was set back: nobody knows what was missed
    return last.recorded_at
