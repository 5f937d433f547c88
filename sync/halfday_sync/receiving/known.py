"""Null is not no: what a source does not tell any more stays as it is known, and that is said."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from halfday import codes
from halfday.printing import counted
from halfday.register import Pupil, Register
from halfday_sync.receiving import flags
from halfday_sync.receiving.laid_over import changed_marks, laid_over
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.pulls import FlagKey

FIELDS = {
    "upn": "UPNs",
    "surname": "surnames",
    "forename": "forenames",
    "dob": "dates of birth",
    "sex": "sex",
    "year_group": "year groups",
    "class_name": "classes",
    "house": "houses",
    "family_id": "families",
    "start_date": "joining dates",
    "end_date": "leaving dates",
    "pupil_premium": "pupil premium",
    "fsm": "free meals",
    "sen": "SEN",
    "lac": "looked after",
    "cp": "child protection",
    "eal": "EAL",
    "young_carer": "young carers",
    "enrolment": "enrolment status",
}
"""The fields of a pupil that a source may stop to share, as people call them."""
BESIDE = {"carers": "carers to ring", "phones": "telephone numbers of carers"}
"""What a source may stop to share besides (`receiving.carers`)."""
_NAMES = ("surname", "forename")
_WHO = ("upn", "dob", "sex", *_NAMES)
"""A blank beside one child takes none of these away: a child has a name and a birthday, told or not."""
_SURE = codes.ids("#", "missing")
_ENROLLED = ("C", "M", "S")

if FIELDS.keys() != {field.name for field in fields(Pupil)} - {"pupil_id"}:
    raise AssertionError("every field of a pupil needs a name here")


@dataclass(frozen=True)
class Known:
    """A snapshot completed with what is known.

    Attributes:
        snapshot: the snapshot as it counts.
        not_shared: fields that nobody has in it though they were known, each with of how many of its pupils.
        kept: flags that were yes and are blank in it, with whose they are: they stay.
        told: the flags that it tells.
        returned: pupils who had left and are back, though a list of some pupils takes no leaving date away.
    """

    snapshot: Snapshot
    not_shared: Mapping[str, int]
    kept: frozenset[FlagKey] = frozenset()
    told: frozenset[FlagKey] = frozenset()
    returned: frozenset[str] = frozenset()


def with_known(snapshot: Snapshot, before: StoredFacts, moved: Mapping[str, str]) -> Known:
    """Keeps what the source does not tell, where that says nothing about the child.

    A field that nobody has in a whole list though it was known is not shared any more: a permission was taken away, a
    column left out. What is known stays. A flag that is blank beside one child only is not told of that child, which is
    never no: one that was yes stays. A name in which letters were lost takes no good one's place that it fits.

    A leaving date was taken back where the child has a mark after it that is new and that only the day itself can give,
    and the list tells no leaving date; in a whole list, also where it tells that the child is enrolled.

    Args:
        snapshot: what the source gave.
        before: what the store knew.
        moved: the ids that pupils have now, by each id they had.
    """
    was = {pupil.pupil_id: pupil for pupil in before.pupils}
    for old, new in moved.items():
        if old in was and new not in was:
            was[new] = replace(was[old], pupil_id=new, start_date=None, end_date=None)
    told = flags.told(snapshot.pupils)
    pupils, names = [], 0
    for pupil in snapshot.pupils:
        better = _better_names(pupil, was[pupil.pupil_id]) if pupil.pupil_id in was else {}
        names += bool(better)
        pupils.append(replace(pupil, **better) if better else pupil)
    not_shared: dict[str, int] = {}
    kept = flags.kept(pupils, was, complete=snapshot.complete)
    back = frozenset[str]()
    if not snapshot.complete and not snapshot.back_fill:
        back = _back(snapshot, before)
    if snapshot.complete:
        enrolled = {pupil.pupil_id for pupil in pupils if pupil.enrolment in _ENROLLED and pupil.end_date is None}
        returned = _returned(snapshot.register, was, enrolled)
        not_shared = _not_shared(pupils, was, returned)
        pupils = [_filled(pupil, was.get(pupil.pupil_id), not_shared, returned) for pupil in pupils]
        pupils = flags.with_kept(_with_who(pupils, was), was, kept)
    notes = list(snapshot.notes)
    if names:
        notes.append(f"{counted(names, 'name')} came with lost letters (?): the good spelling that is known stays.")
    return Known(replace(snapshot, pupils=tuple(pupils), notes=tuple(notes)), not_shared, kept, told, back)


def _blank(value: object) -> bool:
    return value is None or value == ""


def _not_shared(pupils: list[Pupil], was: Mapping[str, Pupil], returned: Callable[[Pupil], bool]) -> dict[str, int]:
    found = {}
    listed = [was[pupil.pupil_id] for pupil in pupils if pupil.pupil_id in was]
    for name in FIELDS:
        if all(_blank(getattr(pupil, name)) for pupil in pupils):
            known = sum(
                not _blank(getattr(pupil, name)) and not (name == "end_date" and returned(pupil)) for pupil in listed
            )
            if known:
                found[name] = known
    return found


def _filled(pupil: Pupil, was: Pupil | None, not_shared: Mapping[str, int], returned: Callable[[Pupil], bool]) -> Pupil:
    """A pupil with what is known in the fields that nobody has any more."""
    if was is None or not not_shared:
        return pupil
    kept: dict[str, Any] = {name: getattr(was, name) for name in not_shared}
    if kept.get("end_date") and returned(was):
        del kept["end_date"]
    return replace(pupil, **kept)


def _back(snapshot: Snapshot, before: StoredFacts) -> frozenset[str]:
    """Who is back by a new mark after leaving, in a list that takes no leaving date away."""
    told = {pupil.pupil_id for pupil in snapshot.pupils if pupil.end_date is not None}
    ends = {
        pupil.pupil_id: pupil.end_date
        for pupil in before.pupils
        if pupil.end_date is not None and pupil.pupil_id not in told
    }
    if ends.keys().isdisjoint(snapshot.register.pupils):
        return frozenset()
    laid = laid_over(before.register, snapshot.register, ())
    return frozenset(
        who
        for key, who, old, code in changed_marks(laid)
        if who in ends and old in codes.NO_MARK and code in codes.SEEN_ON_THE_DAY and key.date > ends[who]
    )


def _returned(register: Register, was: Mapping[str, Pupil], enrolled: Collection[str]) -> Callable[[Pupil], bool]:
    """Whether a child is back: enrolled, or marked after the leaving date that is known, whatever the date said."""

    def returned(pupil: Pupil) -> bool:
        if pupil.pupil_id in enrolled:
            return True
        end = was[pupil.pupil_id].end_date
        row = register.by_pupil.get(pupil.pupil_id, b"")
        return any(
            code and code not in _SURE and end is not None and day > end
            for code, day in zip(row, register.dates, strict=False)
        )

    return returned


def _with_who(pupils: list[Pupil], was: Mapping[str, Pupil]) -> list[Pupil]:
    """Names, birthdays and UPNs stay where only one child's are blank, unless another child has the UPN now."""
    taken = {pupil.upn for pupil in pupils}

    def kept(pupil: Pupil) -> dict[str, Any]:
        before = was.get(pupil.pupil_id)
        if before is None:
            return {}
        return {
            name: getattr(before, name)
            for name in _WHO
            if _blank(getattr(pupil, name))
            and not _blank(getattr(before, name))
            and not (name == "upn" and before.upn in taken)
        }

    return [replace(pupil, **found) if (found := kept(pupil)) else pupil for pupil in pupils]


def _better_names(pupil: Pupil, was: Pupil) -> dict[str, Any]:
    return {name: getattr(was, name) for name in _NAMES if _is_lossy(getattr(pupil, name), getattr(was, name))}


def _is_lossy(told: str, good: str) -> bool:
    """Whether a name is a good one with letters lost on the way.

    >>> _is_lossy("Na?ma", "Naïma"), _is_lossy("Kwa?niak", "Kwaśniak"), _is_lossy("Na?ma", "Norma"), _is_lossy("?", "")
    (True, True, False, False)
    """
    if "?" not in told or "?" in good or not good:
        return False
    # A letter may have been two or three bytes, each of which became a question mark.
    pattern = re.sub(r"(\\\?)+", lambda run: f".{{1,{len(run[0]) // 2}}}", re.escape(told))
    return re.fullmatch(pattern, good, re.IGNORECASE) is not None


def not_shared_words(name: str, pupils: int) -> str:
    """The sentence about a field that is not shared any more."""
    what, of = (FIELDS | BESIDE)[name], counted(pupils, "pupil")
    return (
        f"Nobody in the source has {what} any more. What is known of {of} stays: ask who looks after the MIS whether "
        "it is still shared."
    )
