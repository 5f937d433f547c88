"""Children who come under other ids than before: a record that was made anew, or a school that changed its MIS."""

from collections.abc import Iterator
from datetime import date

from halfday.register import Pupil
from halfday_sync.receiving.doubt import Doubt, fingerprint
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.rows import Picture

AT_LEAST = 5
"""A few records that are made anew in a year are followed quietly …"""
ROLL_PARTS = 10
"""… but more than one pupil in ten, and at least five, is another system, or an export with another id column."""


def new_ids(snapshot: Picture, before: StoredFacts, today: date) -> dict[str, str]:
    """The new id by the old one, for children who were known by another id: the same UPN, the old id gone.

    A UPN that two of the pupils have, and dates of birth that differ, prove nothing. Where only some pupils were asked
    for, an old id that is not among them need not be gone.
    """
    told = {pupil.pupil_id for pupil in snapshot.pupils}
    over = {was.pupil_id for was in before.pupils if was.end_date is not None and was.end_date < today}
    gone = told | before.unlisted | over
    found = _same_children(snapshot, before, today)
    return {old: new for old, new in found.items() if snapshot.complete or old in gone}


def _same_children(snapshot: Picture, before: StoredFacts, today: date) -> dict[str, str]:
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
        if len(now) == 1 and now[0].pupil_id not in known and _may_be_one(was, now[0]):
            found[was.pupil_id] = now[0].pupil_id
    return found


def _may_be_one(was: Pupil, now: Pupil) -> bool:
    return was.dob is None or now.dob is None or was.dob == now.dob


def migration(snapshot: Picture, before: StoredFacts, today: date) -> Iterator[Doubt]:
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
    key = fingerprint(f"{old} {new}" for old, new in moving.items())
    what = "Everything known and typed under the old IDs would be carried over to the new ones."
    yield Doubt(f"new-ids-{key}", f"{words} {what}", can_be_accepted=True)
