"""Taking a snapshot in: completed, doubted, stored, and what it changed; all of it or nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from halfday_sync.receiving.back_fill import only_what_fills
from halfday_sync.receiving.carers import Before, with_carers
from halfday_sync.receiving.difference import Difference, difference
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.receiving.gaps import with_gaps
from halfday_sync.receiving.joined import joined
from halfday_sync.receiving.known import with_known
from halfday_sync.receiving.new_ids import new_ids, own_moves
from halfday_sync.receiving.older import only_newer
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
        snapshot = only_newer(snapshot, before, store.snapshots(), source, now)
        moving = new_ids(snapshot, before, today)
        moved = {**before.moved, **moving}
        known = with_known(snapshot, before, moved)
        carers = with_carers(
            known.snapshot, Before(before, store.carers(), store.carers_told_by() == source, today), moved
        )
        not_shared = {**known.not_shared, **carers.not_shared}
        found = (unclear or unknown) or check(
            known.snapshot, before=before, as_of=today, rewritten_percent=rewritten_percent
        )
        doubts = tuple(doubt.bound(source) for doubt in found)
        answered = store.accepted(now)
        open_ = [doubt for doubt in doubts if not (doubt.can_be_accepted and doubt.key in answered)]
        if open_:
            raise DoubtfulError(open_, command)
        # Only now: a mark that Halfday itself notes as missing must not make a thin day look whole.
        filled = with_gaps(carers.snapshot, before, moved, today)
        fresh = known.kept - {(one.pupil_id, one.field) for one in store.kept_flags()}
        store.take_back_leaving(known.returned, at=now)
        changes = store.acknowledge(filled, recorded_at=now, source=source)
        store.note_moves(own_moves(snapshot, moving), at=now)
        store.keep_flags(known.kept, known.told, at=now)
        store.no_longer_asked(source, at=now)
        if filled.complete and filled.pupils:
            store.tell_not_shared(not_shared, at=now)
        used = tuple(doubt.key for doubt in doubts)
        store.spend(used, at=now)
    changed = difference(filled, before, today, not_shared, kept=fresh, returned=known.returned)
    return Taken(changes, changed, filled.notes, used)
