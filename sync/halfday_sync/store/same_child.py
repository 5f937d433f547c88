"""Whether an id still means the child that it meant: an MIS, or whoever exports from it, may give ids to others."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from halfday.register import Pupil


def others(told: Iterable[Pupil], known: Iterable[Pupil]) -> Iterator[str]:
    """The ids under which the source now gives another child than the store knows.

    What is blank tells nothing. A UPN, a date of birth or a name alone is put right now and then, and an adopted child
    gets a new UPN with a new surname; so it takes two that differ, or the UPN that another id had, with another name.
    """
    before = {pupil.pupil_id: pupil for pupil in known}
    holders = {pupil.upn: pupil.pupil_id for pupil in before.values() if pupil.upn}
    for pupil in told:
        was = before.get(pupil.pupil_id)
        if was is not None and was is not pupil and _is_another(was, pupil, holders):
            yield pupil.pupil_id


def may_be_one(one: Pupil, other: Pupil) -> bool:
    """Whether nothing speaks against that two with one UPN are one child: a UPN may be copied into a wrong record.

    The date of birth says so; where it is not told of both, one of the names must be the same, if both tell any.
    """
    if one.dob and other.dob:
        return one.dob == other.dob
    mine, theirs = _names(one) - {""}, _names(other) - {""}
    return not (mine and theirs) or not mine.isdisjoint(theirs)


def _is_another(was: Pupil, now: Pupil, holders: Mapping[str, str]) -> bool:
    upn, born = _differ(was.upn, now.upn), _differ(was.dob, now.dob)
    surname, forename = bool(_differ(was.surname, now.surname)), bool(_differ(was.forename, now.forename))
    if upn is False:
        return False
    if upn and forename and holders.get(now.upn, now.pupil_id) != now.pupil_id:
        return True  # also among twins
    if born is None:
        return surname and forename and not _names(was) & _names(now)  # the two may have changed places
    return born and (surname or (bool(upn) and forename))


def _differ(one: str | date | None, other: str | date | None) -> bool | None:
    """Whether two differ; None where one of them is not known."""
    if not one or not other:
        return None
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() != other.strip().casefold()
    return one != other


def _names(pupil: Pupil) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in (pupil.surname, pupil.forename))
