"""Which of Wonde's records are one child, and what that child is known by here.

Wonde gives a child a new `id` when it is enrolled again; `upi` stays. Names are never looked at: twins and namesakes
differ in every other way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from halfday_sync.sources.wonde.values import Record, day, inner, text
from halfday_sync.sources.wording import shown_pupil

MIS_PREFIX = "MIS-"
"""Before the id of the school's system, where a child has no admission number (yet)."""


@dataclass(frozen=True)
class Child:
    """One child: its records, the one that counts first (on roll before left, then the latest admission)."""

    pupil_id: str
    records: tuple[Record, ...]
    left: bool


@dataclass(frozen=True)
class Listed:
    """A record and the list it came from."""

    record: Record
    left: bool

    @property
    def wonde_id(self) -> str:
        """Wonde's own id of this record."""
        return text(self.record.get("id"))

    @property
    def key(self) -> str:
        """What stays the same when a child is enrolled again."""
        return text(self.record.get("upi")) or self.wonde_id

    @property
    def rank(self) -> tuple[bool, date]:
        """Higher for the record that says how things are now."""
        admitted = day(inner(self.record, "education_details").get("admission_date"))
        return not self.left, admitted or date.min


def children(listed: Iterable[Listed], pupil_id: str) -> tuple[list[Child], list[str]]:
    """Every child once, and what stands against it.

    Args:
        listed: the records of both lists.
        pupil_id: `admission_number` or `mis_id`.
    """
    records: dict[str, Listed] = {}
    for one in listed:
        before = records.get(one.wonde_id)
        if before is None or one.rank >= before.rank:
            records[one.wonde_id] = one
    by_upi: dict[str, list[Listed]] = defaultdict(list)
    for one in records.values():
        by_upi[one.key].append(one)
    by_id: dict[str, list[list[Listed]]] = defaultdict(list)
    for group in by_upi.values():
        group.sort(key=lambda one: one.rank, reverse=True)
        by_id[_known_by(group[0].record, pupil_id)].append(group)
    problems = [problem for name, groups in by_id.items() for problem in _against(name, groups)]
    found = []
    for name, groups in by_id.items():
        of_one = sorted((one for group in groups for one in group), key=lambda one: one.rank, reverse=True)
        found.append(Child(name, tuple(one.record for one in of_one), of_one[0].left))
    return found, problems


def nobody_numbered(found: Iterable[Child]) -> bool:
    """Whether no child at all has an admission number: then they are not shared, rather than not given yet."""
    return all(child.pupil_id.startswith(MIS_PREFIX) for child in found)


def known(found: Iterable[Child], deleted: Sequence[Record]) -> dict[str, str]:
    """Our pupil id by Wonde's id, also of ids that Wonde has deleted since, where the child is listed under another."""
    ids = {text(record.get("id")): child.pupil_id for child in found for record in child.records}
    by_mis = {text(record.get("mis_id")): child.pupil_id for child in found for record in child.records}
    for record in deleted:
        now = by_mis.get(text(record.get("mis_id"))) if text(record.get("mis_id")) else None
        if now is not None:
            ids.setdefault(text(record.get("id")), now)
    return ids


def formerly(found: Iterable[Child]) -> dict[str, str]:
    """The admission number of a child by the id that it had here as long as it had none (`MIS_PREFIX`)."""
    return {
        _without_number(record): child.pupil_id
        for child in found
        if not child.pupil_id.startswith(MIS_PREFIX)
        for record in child.records
        if _without_number(record) != child.pupil_id
    }


def between_stays(found: Iterable[Child]) -> dict[str, tuple[tuple[date, date], ...]]:
    """First and last day between two stays of a child that was enrolled again, as far as dates are told."""
    times = {}
    for child in found:
        told = [inner(record, "education_details") for record in child.records]
        stays = [(day(one.get("admission_date")), day(one.get("leaving_date"))) for one in told]
        dated = sorted((start, end or date.max) for start, end in stays if start)
        gaps = [
            (end + timedelta(days=1), start - timedelta(days=1))
            for (_, end), (start, _) in pairwise(dated)
            if end < start - timedelta(days=1)
        ]
        if gaps:
            times[child.pupil_id] = tuple(gaps)
    return times


def _without_number(record: Record) -> str:
    return f"{MIS_PREFIX}{text(record.get('mis_id')) or text(record.get('id'))}"


def _known_by(record: Record, pupil_id: str) -> str:
    mis_id = text(record.get("mis_id")) or text(record.get("id"))
    if pupil_id == "mis_id":
        return mis_id
    return text(inner(record, "education_details").get("admission_number")) or f"{MIS_PREFIX}{mis_id}"


def _against(name: str, groups: Sequence[Sequence[Listed]]) -> Iterable[str]:
    """Two groups with one id are one child only where the UPN says so (a new system gave it a new `upi`)."""
    if len(groups) == 1:
        return
    upns: Mapping[str, int] = {_upn(group[0].record): 1 for group in groups}
    if len(upns) > 1 or "" in upns:
        ids = ", ".join(sorted(group[0].wonde_id for group in groups))
        yield f"two different pupils have one id: {shown_pupil(name)} (they are {ids} at Wonde)"


def _upn(record: Record) -> str:
    return text(inner(record, "education_details").get("upn")).upper()
