"""Carers as they count: of pupils who are known and here, by the ids that are known; not told is not none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from halfday.carer import Carer
from halfday.printing import counted, first_few
from halfday.register import Pupil
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.upn import read_upn
from halfday_sync.sources.wording import shown_pupil
from halfday_sync.store.facts import StoredFacts

CARERS, PHONES = "carers", "phones"
"""What of them may no longer be shared."""
Known = Mapping[str, tuple[Carer, ...]]


@dataclass(frozen=True)
class KnownCarers:
    """A snapshot with the carers that count.

    Attributes:
        snapshot: with them; without any where what is known stays.
        not_shared: what nobody has in it though it was known, each with of how many pupils.
    """

    snapshot: Snapshot
    not_shared: Mapping[str, int]


@dataclass(frozen=True)
class Before:
    """What was known: the school, its carers, and whether this kind of source told them."""

    facts: StoredFacts
    carers: Known
    told_here: bool
    today: date


def with_carers(snapshot: Snapshot, before: Before, moved: Mapping[str, str]) -> KnownCarers:
    """Keeps the carers of pupils who are here, and what is known where the source shares none of it any more.

    Where nobody at all has a carer any more, or a number, a permission was taken away or a file left out: what is known
    stays. Where one child's are gone they are gone: a person whom the school took off its list must not be rung.

    Args:
        snapshot: under the ids that are known.
        before: what was known.
        moved: the ids that pupils have now, by each id they had.
    """
    known = {pupil_id: rows for pupil_id, rows in before.carers.items() if rows}
    if snapshot.back_fill or snapshot.carers is None:
        lost = snapshot.complete and bool(snapshot.pupils) and before.told_here and known
        return KnownCarers(replace(snapshot, carers=None), {CARERS: len(known)} if lost else {})
    finder = _Finder(snapshot, before, moved)
    told = tuple(finder.found(snapshot.carers))
    notes = (*snapshot.notes, *finder.notes())
    if snapshot.complete and not told and known:
        return KnownCarers(replace(snapshot, carers=None, notes=notes), {CARERS: len(known)})
    not_shared = {}
    if snapshot.complete and told and not any(one.phones for one in told):
        rung = sum(any(one.phones for one in rows) for rows in known.values())
        not_shared = {PHONES: rung} if rung else {}
        told = tuple(_with_phones(told, known))
    return KnownCarers(replace(snapshot, carers=told, notes=notes), not_shared)


def _with_phones(told: tuple[Carer, ...], known: Known) -> Iterator[Carer]:
    """The same people with the numbers that are known of them."""
    phones = {(pupil_id, one.name.casefold()): one.phones for pupil_id, rows in known.items() for one in rows}
    for one in told:
        yield replace(one, phones=phones.get((one.pupil_id, one.name.casefold()), ()))


class _Finder:
    """Finds the pupils that carers are of: by the id, by one they had before, by the UPN, but for zeros before it."""

    def __init__(self, snapshot: Snapshot, before: Before, moved: Mapping[str, str]) -> None:
        pupils: dict[str, Pupil] = {pupil.pupil_id: pupil for pupil in before.facts.pupils}
        pupils |= {pupil.pupil_id: pupil for pupil in snapshot.pupils}
        here = {who: pupil for who, pupil in pupils.items() if who not in moved}
        self._here, self._moved = here, moved
        unlisted = before.facts.unlisted - {pupil.pupil_id for pupil in snapshot.pupils}
        self._left = unlisted | {who for who, pupil in here.items() if pupil.end_date and pupil.end_date < before.today}
        self._upns = _only({who: pupil.upn for who, pupil in here.items() if who not in self._left})
        self._bare = _only({who: _bare(who) for who in here if who not in self._left})
        self._strangers: list[str] = []

    def found(self, carers: tuple[Carer, ...]) -> Iterator[Carer]:
        """The carers of pupils who are here, under the ids of now."""
        names: dict[str, str | None] = {}
        for one in carers:
            if one.pupil_id not in names:
                names[one.pupil_id] = self._pupil(one.pupil_id)
            who = names[one.pupil_id]
            if who is not None and who not in self._left:
                yield one if who == one.pupil_id else replace(one, pupil_id=who)
        self._strangers = [told for told, who in names.items() if who is None]

    def _pupil(self, told: str) -> str | None:
        now = self._moved.get(told, told)
        if now in self._here:
            return now
        upn = read_upn(told)[1]
        return self._upns.get(upn) if upn else self._bare.get(_bare(told))

    def notes(self) -> Iterator[str]:
        """What was left out."""
        if self._strangers:
            named = first_few(shown_pupil(told) for told in self._strangers)
            yield f"Contacts of {counted(len(self._strangers), 'pupil')} not known here were left out: {named}."


def _only(values: Mapping[str, str]) -> dict[str, str]:
    """Whose a value is, where it is one pupil's only."""
    found: dict[str, list[str]] = {}
    for who, value in values.items():
        found.setdefault(value, []).append(who)
    return {value: ids[0] for value, ids in found.items() if value and len(ids) == 1}


def _bare(pupil_id: str) -> str:
    """A number without the zeros before it; blank for anything else."""
    return pupil_id.lstrip("0") if pupil_id.isascii() and pupil_id.isdecimal() else ""
