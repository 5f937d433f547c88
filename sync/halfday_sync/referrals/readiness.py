"""The readiness gate: what is missing in a case for one form, how much it weighs, and where it is put right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from halfday import printing
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.checks import marks, papers, people
from halfday_sync.referrals.checks.finding import Check
from halfday_sync.referrals.fields import PARENT, SIBLING, Field, all_fields
from halfday_sync.referrals.known.answers import keys, known, reason_of
from halfday_sync.referrals.profile import ADVISED, FIELDS_OF_CHECK, NEEDED, Asked, Profile

CHECKS: Mapping[str, Check] = {**people.CHECKS, **marks.CHECKS, **papers.CHECKS}
"""Every check that a profile's `[ready]` may name."""
_SUPPORT = frozenset({"plan", "plan_reviewed", "notice_run", "minutes", "barriers", "first_day_contact"})
NOT_ASKED: Mapping[str, frozenset[str]] = {
    "unauthorised": frozenset({"holiday_coded"}),
    "late": frozenset({"holiday_coded", "first_day_contact"}),
    "leave": _SUPPORT | {"warning_sent"},
    "exclusion": _SUPPORT | {"warning_sent", "threshold_met", "holiday_coded"},
}
"""Checks that make no sense for a reason: leave needs no support first (WTISA chapter 6), an exclusion no threshold."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing. No names.

    Attributes:
        what: a sentence.
        where: where it is put right.
        weight: `needed` or `advised`.
    """

    what: str
    where: str
    weight: str

    @property
    def is_needed(self) -> bool:
        """Whether there is a draft only as long as it is missing."""
        return self.weight == NEEDED


def lacks(case: Case, profile: Profile) -> tuple[Lack, ...]:
    """Everything that is missing, each once, what is needed first."""
    found = dict.fromkeys([*_by_checks(case, profile), *_by_fields(case, profile), *_siblings(case, profile)])
    return tuple(sorted(found, key=lambda one: not one.is_needed))


def checks_for(case: Case, profile: Profile) -> tuple[str, ...]:
    """The checks of the profile that make sense for the reason, in its order; while none is said, for absence."""
    left_out = NOT_ASKED.get(reason_of(case) or "unauthorised", frozenset())
    return tuple(name for name in profile.checks if name not in left_out)


def _by_checks(case: Case, profile: Profile) -> Iterator[Lack]:
    for name in checks_for(case, profile):
        for what, where in CHECKS[name](case, profile):
            yield Lack(what, where, profile.checks[name])


def _by_fields(case: Case, profile: Profile) -> Iterator[Lack]:
    """What the form asks for and nobody knows, where the profile says that it matters."""
    told, table = known(case), all_fields()
    spoken = {field for name in checks_for(case, profile) for field in FIELDS_OF_CHECK.get(name, ())}
    for one in profile.asked:
        if not one.weight or one.field in spoken:
            continue
        bare = [key for key in keys(table[one.field], case, profile) if key not in told]
        if bare:
            is_asked = "Not answered yet" if table[one.field].asked else "Not known"
            yield Lack(
                f"{is_asked}: '{one.label or table[one.field].label}'{_of_whom(one, bare)}.",
                _where(table[one.field]),
                one.weight,
            )


def _siblings(case: Case, profile: Profile) -> Iterator[Lack]:
    """Brothers and sisters for whom the form asks, and whom nobody has put in."""
    if profile.siblings and case.has_siblings and not case.siblings:
        where = "Look with the MIS who they are, then make the pack with --siblings."
        yield Lack("The form asks for brothers and sisters at this school: none is in the pack.", where, ADVISED)


def _of_whom(one: Asked, bare: Sequence[str]) -> str:
    """Of which parents or siblings it is missing: one line for all of them."""
    of = {PARENT: "parent or carer", SIBLING: "brother or sister"}.get(all_fields()[one.field].of)
    return f", of {of} {printing.in_a_row(key.rpartition('.')[2] for key in bare)}" if of else ""


def _where(field: Field) -> str:
    """Where people answer; what only Halfday fills in, where it takes it from."""
    return "The list of questions." if field.asked else f"Halfday fills it in. {field.help}".strip()
