"""Flags of a pupil (child protection, free meals …) that were yes and are not told any more: null is not no."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from halfday.printing import counted
from halfday.register import FLAGS, Pupil
from halfday_sync.store.pulls import FlagKey

SAFEGUARDING = ("cp", "lac")
"""These are told pupil by pupil, and looked for even in a list in which nobody has them any more."""
WORDS = {
    "pupil_premium": "Pupil premium",
    "fsm": "Free meals",
    "lac": "Looked after",
    "cp": "Child protection",
    "eal": "EAL",
    "young_carer": "Young carer",
}
_IDS = 10

if WORDS.keys() != set(FLAGS):
    raise AssertionError("every flag needs a name here")


def told(pupils: Iterable[Pupil]) -> frozenset[FlagKey]:
    """The flags that are told, yes or no, each with whose it is."""
    return frozenset((pupil.pupil_id, name) for pupil in pupils for name in FLAGS if getattr(pupil, name) is not None)


def kept(pupils: Sequence[Pupil], was: Mapping[str, Pupil], *, complete: bool) -> frozenset[FlagKey]:
    """The flags that were yes and are blank now. Of one child, too, a blank is never no.

    A list of some pupils may leave a column out: there a blank says something only where the flag is told of somebody
    else; or of the two that protect a child, where any flag is told.
    """
    shared = {name for name in FLAGS if complete or any(getattr(pupil, name) is not None for pupil in pupils)}
    if shared:
        shared |= set(SAFEGUARDING)
    return frozenset(
        (pupil.pupil_id, name)
        for pupil in pupils
        if pupil.pupil_id in was
        for name in shared
        if getattr(pupil, name) is None and getattr(was[pupil.pupil_id], name)
    )


def with_kept(pupils: Iterable[Pupil], was: Mapping[str, Pupil], flags: Iterable[FlagKey]) -> list[Pupil]:
    """The pupils with these flags as they were."""
    yes: dict[str, dict[str, Any]] = {}
    for who, name in flags:
        yes.setdefault(who, {})[name] = getattr(was[who], name)
    return [replace(pupil, **yes[pupil.pupil_id]) if pupil.pupil_id in yes else pupil for pupil in pupils]


def ended(pupils: Iterable[Pupil], was: Mapping[str, Pupil]) -> tuple[FlagKey, ...]:
    """The flags that were yes and are not any more."""
    return tuple(
        (pupil.pupil_id, name)
        for pupil in pupils
        if pupil.pupil_id in was
        for name in FLAGS
        if getattr(was[pupil.pupil_id], name) and not getattr(pupil, name)
    )


def by_field(flags: Iterable[FlagKey]) -> dict[str, list[str]]:
    """The pupils of each flag."""
    found = sorted(flags, key=lambda one: (FLAGS.index(one[1]), one[0]))
    return {name: [who for who, _ in group] for name, group in groupby(found, key=lambda one: one[1])}


def kept_words(name: str, pupils: Sequence[str]) -> str:
    """The sentence about a flag that is not told any more of these pupils."""
    of = counted(len(pupils), "pupil")
    return f"{WORDS[name]} is no longer told of {of}: {named(pupils)}. What was known stays until the source says no."


def ended_words(name: str, pupils: Sequence[str]) -> str:
    """The sentence about a flag that the source takes back."""
    return f"{WORDS[name]} was yes of {counted(len(pupils), 'pupil')} and is not any more: {named(pupils)}."


def named(pupils: Sequence[str]) -> str:
    """The first ids, and how many more."""
    more = f" and {len(pupils) - _IDS:,} more" if len(pupils) > _IDS else ""
    return ", ".join(pupils[:_IDS]) + more
