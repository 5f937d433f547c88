"""Children whom a list of some pupils calls by another number than Halfday: by the UPN, or without zeros before it.

Offices export what they have at hand: one day with the admission number, the next day with the UPN alone, or through a
spreadsheet that took the zeros off. In a list that is not whole the id that is known wins: what staff typed hangs on
it, and that a child has another id now only a whole list can prove (`new_ids`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from halfday import codes
from halfday.printing import counted
from halfday.register import Pupil, Register, SessionKey
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.sources.upn import read_upn
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.same_child import may_be_one

_NO_MARK = codes.NO_MARK
_NAMED = 10
_BY_UPN, _BY_NUMBER, _BY_FORMER = "UPN", "their number but for the zeros before it", "a number they had before"


class Joined(NamedTuple):
    """A snapshot under the ids that are known, and what stops it."""

    snapshot: Snapshot
    doubts: tuple[Doubt, ...] = ()


def joined(snapshot: Snapshot, before: StoredFacts, today: date) -> Joined:
    """Gives known pupils the ids by which they are known, in a list that people put together.

    A whole list stays as it is, and so do the changes that a service tells (`every_session`): these ids are its own,
    and its next whole list says what became of the others.

    An unknown id is a known pupil where exactly one has the same UPN, or the same number but for leading zeros, and
    nothing that is told of both contradicts it. Where two may be meant, nothing is guessed.

    Args:
        snapshot: what the source gave.
        before: what the store knew.
        today: the day of the pull.
    """
    told = _told(snapshot)
    known = {pupil.pupil_id: pupil for pupil in before.pupils if pupil.pupil_id not in before.moved}
    strangers = [pupil for pupil_id, pupil in told.items() if pupil_id not in known]
    own = {
        new: old
        for old, new in snapshot.formerly.items()
        if old in known and old not in told and new in told and new not in known
    }
    if own and snapshot.every_session and not snapshot.complete:
        return Joined(_under(snapshot, own, Counter({_BY_FORMER: len(own)})))
    if snapshot.complete or snapshot.every_session or not known or not strangers:
        return Joined(snapshot)
    search = _Search(known, before, frozenset(told), today)
    found = {pupil.pupil_id: search.of(pupil) for pupil in strangers}
    doubts = (*_two_meant(found), *_two_told(found))
    if doubts:
        return Joined(snapshot, doubts)
    ways = Counter(way for ways in found.values() for way in ways.values())
    moves = {stranger: next(iter(ways)) for stranger, ways in found.items() if ways}
    return Joined(_under(snapshot, moves, ways) if moves else snapshot)


def _told(snapshot: Snapshot) -> dict[str, Pupil]:
    """Everybody whom a snapshot names, also those of whom there are marks only."""
    told = {pupil.pupil_id: pupil for pupil in snapshot.pupils}
    for pupil_id in (*snapshot.register.pupils, *(one.pupil_id for one in snapshot.set_aside)):
        told.setdefault(pupil_id, Pupil(pupil_id))
    return told


def _upn(pupil: Pupil) -> str:
    return pupil.upn or read_upn(pupil.pupil_id)[1]


class _Search:
    """Looks for the known pupils that an unknown id may mean."""

    def __init__(self, known: Mapping[str, Pupil], before: StoredFacts, told: frozenset[str], today: date) -> None:
        self._known, self._moved, self._told = known, before.moved, told
        self._here = before.roll(today) | {
            pupil_id for pupil_id, pupil in known.items() if pupil.start_date and pupil.start_date > today
        }
        self._holders: dict[str, list[Pupil]] = {}
        self._numbers: dict[str, list[Pupil]] = {}
        for pupil in known.values():
            self._holders.setdefault(_upn(pupil), []).append(pupil)
            self._numbers.setdefault(_bare(pupil.pupil_id), []).append(pupil)

    def of(self, pupil: Pupil) -> dict[str, str]:
        """By id of a known pupil who may be meant: by what they were found."""
        if pupil.pupil_id in self._moved:
            now = self._known.get(self._moved[pupil.pupil_id])
            apart = now is None or not _fits(pupil, now) or self._is_beside(pupil, now)
            return {} if now is None or apart else {now.pupil_id: _BY_FORMER}
        found = {one.pupil_id: _BY_NUMBER for one in self._by_number(pupil)}
        return found | {one.pupil_id: _BY_UPN for one in self._by_upn(pupil)}

    def _by_number(self, pupil: Pupil) -> Iterator[Pupil]:
        """Where the known number is told, too, the source tells the two apart."""
        bare = _bare(pupil.pupil_id)
        return (
            one for one in self._numbers.get(bare, []) if bare and one.pupil_id not in self._told and _fits(pupil, one)
        )

    def _by_upn(self, pupil: Pupil) -> list[Pupil]:
        upn = _upn(pupil)
        holders = self._holders.get(upn, []) if upn else []
        here = [one for one in holders if one.pupil_id in self._here]
        if _is_upn(pupil.pupil_id):
            found = here or holders
        else:  # somebody who left, and is told under a number of their own, came back: that is for `new_ids`
            found = [] if len(here) == 1 and self._is_beside(pupil, here[0]) else here
        return found if any(may_be_one(one, pupil) for one in found) else []

    def _is_beside(self, pupil: Pupil, now: Pupil) -> bool:
        """Whether the source has two records with a number each. A UPN in place of a number is no record of its own."""
        return now.pupil_id in self._told and not _is_upn(pupil.pupil_id)


def _is_upn(pupil_id: str) -> bool:
    return bool(read_upn(pupil_id)[1])


def _bare(pupil_id: str) -> str:
    """A number without the zeros before it; blank for anything else, and for a row of zeros."""
    return pupil_id.lstrip("0") if pupil_id.isascii() and pupil_id.isdecimal() else ""


def _fits(told: Pupil, known: Pupil) -> bool:
    """Whether nothing that is told of both contradicts that they are one child."""
    if _differ(_upn(told), _upn(known)) or _differ(told.dob, known.dob):
        return False
    return bool(told.dob and known.dob) or not (
        _differ(told.surname, known.surname) and _differ(told.forename, known.forename)
    )


def _differ(one: str | date | None, other: str | date | None) -> bool:
    """Whether two that are both told differ."""
    if not one or not other:
        return False
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() != other.strip().casefold()
    return one != other


def _two_meant(found: Mapping[str, Mapping[str, str]]) -> Iterator[Doubt]:
    lines = [f"{stranger} may be {' or '.join(sorted(ways))}" for stranger, ways in found.items() if len(ways) > 1]
    if lines:
        words = f"It cannot be told who {counted(len(lines), 'ID')} of the source may be: {_named(lines)}."
        yield Doubt("who-is-it", f"{words} Put the admission number, whole, into the export, or UPNs right in the MIS.")


def _two_told(found: Mapping[str, Mapping[str, str]]) -> Iterator[Doubt]:
    claims: dict[str, list[str]] = {}
    for stranger, ways in found.items():
        for known in ways:
            claims.setdefault(known, []).append(stranger)
    lines = [f"{' and '.join(sorted(ids))} for {known}" for known, ids in claims.items() if len(ids) > 1]
    if lines:
        words = f"The source has two IDs that would be one pupil here: {_named(lines)}."
        yield Doubt("two-for-one", f"{words} Put the numbers, or the UPNs, right in the MIS.")


def _named(lines: list[str]) -> str:
    more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    return ", ".join(lines[:_NAMED]) + more


def _under(snapshot: Snapshot, moves: Mapping[str, str], ways: Counter[str]) -> Snapshot:
    """The snapshot under other ids; `moves` has the known id by the told one."""
    renaming = _Renaming(moves)
    register = renaming.register(snapshot.register)
    aside = {
        (who, one.date, one.session): replace(one, pupil_id=who)
        for one in snapshot.set_aside
        for who in [moves.get(one.pupil_id, one.pupil_id)]
    } | {(one.pupil_id, one.date, one.session): one for one in renaming.clashes}
    are = "is" if len(moves) == 1 else "are"
    how = f"by {next(iter(ways))}"
    if len(ways) > 1:
        how = ", ".join(f"{count:,} by {way}" for way, count in ways.most_common())
    note = f"{counted(len(moves), 'pupil')} {are} known by another number here: joined {how}."
    return replace(
        snapshot,
        pupils=_people(snapshot.pupils, moves),
        register=register,
        set_aside=tuple(aside.values()),
        notes=(*snapshot.notes, note),
    )


def _people(pupils: tuple[Pupil, ...], moves: Mapping[str, str]) -> tuple[Pupil, ...]:
    """One row for each child; what it is told under the known id comes before what it is told under the other."""
    found = {pupil.pupil_id: pupil for pupil in pupils if pupil.pupil_id not in moves}
    for pupil in pupils:
        if pupil.pupil_id in moves:
            one = replace(pupil, pupil_id=moves[pupil.pupil_id])
            own = found.get(one.pupil_id, one)
            blank = [name for name in Pupil.__slots__ if getattr(own, name) in (None, "")]
            found[one.pupil_id] = replace(own, **{name: getattr(one, name) for name in blank})
    return tuple(found.values())


@dataclass
class _Renaming:
    """Renames the columns of a register; a child's two columns become one, and where they differ, neither counts."""

    moves: Mapping[str, str]

    def __post_init__(self) -> None:
        self.clashes: list[SetAside] = []

    def register(self, register: Register) -> Register:
        """The register under the known ids."""
        ids = [self.moves.get(pupil_id, pupil_id) for pupil_id in register.pupils]
        ours_last = sorted(register.extras.items(), key=lambda item: item[0][0] not in self.moves)
        extras = {(self.moves.get(told, told), key): mark for (told, key), mark in ours_last}
        extras = {(who, key): mark._replace(pupil_id=who) for (who, key), mark in extras.items()}
        columns = {pupil_id: at for at, pupil_id in enumerate(register.pupils)}
        pairs = [(columns[who], at) for at, who in enumerate(ids) if columns.get(who, at) != at]
        if not pairs:
            return Register(tuple(ids), register.sessions, register.rows, extras)
        return self._merged(replace(register, extras=extras), ids, pairs)

    def _merged(self, register: Register, ids: list[str], pairs: list[tuple[int, int]]) -> Register:
        table, twice = codes.by_id(), {other for _own, other in pairs}
        kept = [at for at in range(len(ids)) if at not in twice]
        rows = []
        for key, row in zip(register.sessions, register.rows, strict=True):
            changed = bytearray(row)
            for own, other in pairs:
                if changed[own] in _NO_MARK:
                    changed[own] = changed[other] or changed[own]
                elif changed[other] not in _NO_MARK and changed[other] != changed[own]:
                    said = " and ".join(sorted(table[code].code for code in (changed[own], changed[other])))
                    changed[own] = codes.NO_ROW
                    words = f"The source gives {said} for {key.date.day} {key.date:%b %Y} {key.session}, under two "
                    tail = "numbers of this pupil. Neither was taken: say in the MIS which is right."
                    self.clashes.append(SetAside(ids[own], *key, words + tail))
            rows.append(bytes(changed[at] for at in kept))
        merged = Register(tuple(ids[at] for at in kept), register.sessions, tuple(rows))
        given = {(mark.pupil_id, SessionKey(mark.date, mark.session)): mark.code for mark in merged.marks()}
        extras = {where: mark for where, mark in register.extras.items() if given.get(where) == mark.code}
        return replace(merged, extras=extras)
