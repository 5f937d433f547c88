"""Children who come under other ids than before: a record that was made anew, or a school that changed its MIS."""

from collections.abc import Iterator
from datetime import date

from halfday.register import Pupil
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.same_child import may_be_one

_NAMED = 10
AT_LEAST = 5
"""A few records that are made anew in a year are followed quietly …"""
ROLL_PARTS = 10
"""… but more than one pupil in ten, and at least five, is another system, or an export with another id column."""


def new_ids(snapshot: Snapshot, before: StoredFacts, today: date) -> dict[str, str]:
    """The new id by the old one, for children who were known by another id: the same UPN, the old id gone.

    A UPN that two of the pupils have, and dates of birth that differ, prove nothing. Where only some pupils were asked
    for, an old id that is not among them need not be gone (`joined`). What the source itself says of its ids counts.
    """
    told = {pupil.pupil_id for pupil in snapshot.pupils}
    over = {was.pupil_id for was in before.pupils if was.end_date is not None and was.end_date < today}
    gone = told | before.unlisted | over
    found = _same_children(snapshot, before, today)
    by_upn = {old: new for old, new in found.items() if snapshot.complete or old in gone}
    known = {was.pupil_id for was in before.pupils}
    own = {
        old: new
        for old, new in snapshot.formerly.items()
        if snapshot.complete and old in known and old not in told and new in told and new not in known
    }
    return by_upn | own


def own_moves(snapshot: Snapshot, moving: dict[str, str]) -> dict[str, str]:
    """Those of the moves that the source itself says."""
    return {old: new for old, new in moving.items() if snapshot.formerly.get(old) == new}


def whose_upn(snapshot: Snapshot, before: StoredFacts, today: date) -> Iterator[Doubt]:
    """Unknown ids with the UPN of a known pupil, of whom nothing else says whether they are that child."""
    known, told = {was.pupil_id for was in before.pupils}, {pupil.pupil_id for pupil in snapshot.pupils}
    holders = {was.upn: was for was in before.pupils if was.upn and was.pupil_id not in told | before.moved.keys()}
    pairs = [
        (pupil.pupil_id, was.pupil_id)
        for pupil in snapshot.pupils
        if pupil.pupil_id not in known and pupil.on_roll(today) and (was := holders.get(pupil.upn))
        if not (pupil.dob and was.dob) and not may_be_one(was, pupil)
    ]
    if pairs:
        named = ", ".join(f"{new} has that of {old}" for new, old in pairs[:_NAMED])
        words = f"{len(pairs):,} new IDs have the UPN of a pupil who is known, with another name and no date of birth: "
        tail = f"{named}. Put the UPN right in the MIS, or share dates of birth. Or are they other children?"
        yield Doubt("whose-upn", words + tail, can_be_accepted=True, about=tuple(f"{new} {old}" for new, old in pairs))


def _same_children(snapshot: Snapshot, before: StoredFacts, today: date) -> dict[str, str]:
    """The unknown id by each known one that is not told as on roll, and is of the same child by the UPN."""
    known = {pupil.pupil_id for pupil in before.pupils}
    holders: dict[str, list[Pupil]] = {}
    here = set()
    for pupil in snapshot.pupils:
        if pupil.on_roll(today):
            here.add(pupil.pupil_id)
            holders.setdefault(pupil.upn, []).append(pupil)
    found = {}
    for was in before.pupils:
        now = holders.get(was.upn, []) if was.upn and was.pupil_id not in here else []
        if len(now) == 1 and now[0].pupil_id not in known and may_be_one(was, now[0]):
            found[was.pupil_id] = now[0].pupil_id
    return found


def migration(snapshot: Snapshot, before: StoredFacts, today: date) -> Iterator[Doubt]:
    """The same children under new ids, more than a few at once: a person has to say so first."""
    roll = before.roll(today)
    moving = {old: new for old, new in _same_children(snapshot, before, today).items() if old in roll}
    if len(moving) < AT_LEAST or ROLL_PARTS * len(moving) <= len(roll):
        return
    examples = ", ".join(f"{old} is now {new}" for old, new in sorted(moving.items())[:3])
    words = f"{len(moving):,} of {len(roll):,} pupils have new IDs, by their UPNs ({examples})."
    if not snapshot.complete:
        why = "Only some pupils were asked for, so the old IDs would stay beside the new: ask for everything (--whole)."
        yield Doubt("new-ids", f"{words} {why}")
        return
    about = tuple(f"{old} {new}" for old, new in sorted(moving.items()))
    what = "Everything known and typed under the old IDs would be carried over to the new ones."
    yield Doubt("new-ids", f"{words} {what}", can_be_accepted=True, about=about)
