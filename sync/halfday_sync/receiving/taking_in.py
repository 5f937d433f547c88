"""Taking a snapshot in: completed, doubted, stored, and what it changed; all of it or nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from halfday_sync.receiving.back_fill import only_what_fills
from halfday_sync.receiving.difference import Difference, difference
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.gaps import with_gaps
from halfday_sync.receiving.joined import joined
from halfday_sync.receiving.known import with_known
from halfday_sync.receiving.new_ids import new_ids
from halfday_sync.receiving.plausible import REWRITTEN_PERCENT, check
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Changes, Store


@dataclass(frozen=True)
class Taken:
    """What became of a snapshot that was taken in.

    Attributes:
        changes: what the store says it changed.
        difference: what that means.
        notes: what was read and repaired, a sentence each.
        used: the doubts that a person's word settled.
    """

    changes: Changes
    difference: Difference
    notes: tuple[str, ...] = ()
    used: tuple[str, ...] = ()


def take_in(
    store: Store,
    snapshot: Snapshot,
    *,
    today: date,
    now: datetime,
    source: str,
    rewritten_percent: int = REWRITTEN_PERCENT,
    command: str = "halfday run",
) -> Taken:
    """Acknowledges a snapshot, if it can be right. In one transaction; taken in twice, the second changes nothing.

    Args:
        store: the school's store, open.
        snapshot: what the source gave.
        today: the day of the pull.
        now: when the pull began: what changed later is asked for the next time.
        source: the kind of source.
        rewritten_percent: a month of which a larger share would change is doubted.
        command: how a person answers a doubt.

    Raises:
        DoubtfulError: it cannot be right, or a person has to say so; nothing was stored.
    """
    with store.transaction():
        before = store.facts()
        snapshot, unclear = joined(snapshot, before, today)
        snapshot, unknown = only_what_fills(snapshot, before)
        moved = {**before.moved, **new_ids(snapshot, before, today)}
        known = with_known(snapshot, before, moved)
        doubts = (unclear or unknown) or check(
            known.snapshot, before=before, as_of=today, rewritten_percent=rewritten_percent
        )
        answered = store.accepted(now)
        open_ = [doubt for doubt in doubts if not (doubt.can_be_accepted and doubt.key in answered)]
        if open_:
            raise DoubtfulError(open_, command)
        # Only now: a mark that Halfday itself notes as missing must not make a thin day look whole.
        filled = with_gaps(known.snapshot, before, moved, today)
        changes = store.acknowledge(filled, recorded_at=now, source=source)
        if filled.complete and filled.pupils:
            store.tell_not_shared(known.not_shared, at=now)
        used = tuple(doubt.key for doubt in doubts)
        store.spend(used, at=now)
    return Taken(changes, difference(filled, before, today, known.not_shared), filled.notes, used)
