"""Children, from Wonde's lists of pupils and leavers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from halfday.printing import counted
from halfday.register import Pupil
from halfday_sync.sources.wonde.classes import chosen, class_of, holds
from halfday_sync.sources.wonde.identity import Child
from halfday_sync.sources.wonde.values import Record, day, flag, inner, many, number, text

INCLUDES = ("education_details", "extended_details", "registration", "year", "house")
PLANS = "child_protection_plan_date_ranges"
"""Asked for besides; a school may not have approved it."""
FLAGS: Mapping[str, tuple[str, str]] = {
    "premium_pupil_indicator": ("pupil_premium", "pupil premium"),
    "free_school_meals": ("fsm", "free school meals"),
    "in_lea_care": ("lac", "in care"),
    "english_as_additional_language": ("eal", "English as an additional language"),
}
"""Flags of `extended_details`: the field of `Pupil`, and how people call it. None is worked out from another."""
ENROLMENT: Mapping[str, str] = {
    **{code: code for code in "CMSG"},
    "CURRENT": "C",
    "SINGLE REGISTRATION": "C",
    "CURRENT (SINGLE REGISTRATION AT THIS SCHOOL)": "C",
    "MAIN": "M",
    "CURRENT MAIN": "M",
    "CURRENT MAIN (DUAL REGISTRATION)": "M",
    "SUBSIDIARY": "S",
    "CURRENT SUBSIDIARY": "S",
    "CURRENT SUBSIDIARY (DUAL REGISTRATION)": "S",
    "GUEST": "G",
    "GUEST (PUPIL NOT REGISTERED AT THIS SCHOOL)": "G",
}
"""Enrolment status as the DfE's code set CS049 writes it (codes A, the spelled-out words B)."""
SEN: Mapping[str, str] = {
    "N": "N",
    "NO SEN": "N",
    "NO SPECIAL EDUCATIONAL NEED": "N",
    "NO SPECIAL EDUCATIONAL NEEDS": "N",
    "K": "K",
    "SEN SUPPORT": "K",
    "SUPPORT": "K",
    "E": "E",
    "EHCP": "E",
    "EHC PLAN": "E",
    "EDUCATION, HEALTH AND CARE PLAN": "E",
    "EDUCATION HEALTH AND CARE PLAN": "E",
}
"""`sen_status`: "K" and "SEN Support" were seen in public tests (A); the others are the DfE's own words (C)."""
_SEX = {"MALE": "M", "FEMALE": "F", "M": "M", "F": "F"}


@dataclass
class Reader:
    """Turns children into pupils, and gathers what a person should know of it.

    Attributes:
        today: decides which of several dated rows holds.
        sen: the school's own words for SEN, beside the usual ones.
        plans: whether a list of child protection plans that is empty may be believed.
    """

    today: date
    sen: Mapping[str, str] = field(default_factory=dict)
    plans: bool = False
    groups: Mapping[str, list[Record]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _unknown: Counter[tuple[str, str]] = field(default_factory=Counter)

    def pupil(self, child: Child) -> Pupil:
        """The pupil. What a child's first record leaves blank is taken from none of its earlier ones, but its start."""
        record = child.records[0]
        education, extended = inner(record, "education_details"), inner(record, "extended_details")
        told = [inner(one, "education_details") for one in child.records]
        starts = [start for start in (day(one.get("admission_date")) for one in told) if start]
        if len(child.records) > 1:
            self.notes.append(f"pupil {child.pupil_id} is at Wonde under {len(child.records)} ids: taken as one child")
        flags: dict[str, Any] = {ours: flag(extended.get(theirs)) for theirs, (ours, _) in FLAGS.items()}
        return Pupil(
            pupil_id=child.pupil_id,
            upn=text(education.get("upn")),
            surname=text(record.get("surname")) or text(record.get("legal_surname")),
            forename=text(record.get("forename")) or text(record.get("legal_forename")),
            dob=day(record.get("date_of_birth")),
            sex=_SEX.get(text(record.get("gender")).upper(), ""),
            year_group=year_group(education.get("current_nc_year"), inner(record, "year")),
            class_name=self._class(child),
            house=text(inner(record, "house").get("name")),
            start_date=min(starts, default=None),
            end_date=day(education.get("leaving_date")) or self._left(child),
            sen=self._word("SEN status", extended.get("sen_status"), {**SEN, **self._own_sen}),
            enrolment=self._word("enrolment status", extended.get("enrolment_status"), ENROLMENT),
            cp=self._plan(record),
            **flags,
        )

    @property
    def _own_sen(self) -> dict[str, str]:
        return {" ".join(word.upper().split()): ours for word, ours in self.sen.items()}

    def _class(self, child: Child) -> str:
        name, guessed = class_of(child.records[0], self.today)
        if not name:
            held = self.groups.get(text(child.records[0].get("id")), [])
            name, guessed = chosen(held, self.today)
        if guessed:
            self.notes.append(
                f"pupil {child.pupil_id} is in several registration groups without dates: the newest counts"
            )
        return name

    def _left(self, child: Child) -> date | None:
        """A leaver without a leaving date must not count as on roll: it left by the day its record was last changed."""
        if not child.left:
            return None
        self.notes.append(f"pupil {child.pupil_id} is listed as a leaver, without a leaving date")
        return min(day(child.records[0].get("updated_at")) or self.today, self.today)

    def _plan(self, record: Record) -> bool | None:
        held = record.get(PLANS)
        if held is None or (isinstance(held, Mapping) and held.get("data") is None):
            return None
        ranges = many(record, PLANS)
        if not ranges:
            return False if self.plans else None
        return any(holds(one, self.today) for one in ranges)

    def _word(self, what: str, value: object, words: Mapping[str, str]) -> str:
        written = " ".join(text(value).upper().split())
        if written and written not in words:
            self._unknown[what, written] += 1
        return words.get(written, "")

    def tell(self) -> Iterator[str]:
        """The notes, once all children are read."""
        yield from self.notes
        for (what, written), count in sorted(self._unknown.items()):
            # a word of several children is the system's, not somebody's
            shown = repr(written) if len(written) <= 3 or count > 1 else f"of {len(written)} characters"
            where = " (say in [source.sen] what it means)" if what.startswith("SEN") else ""
            yield f"{what} {shown} is not known and was left blank for {counted(count, 'pupil')}{where}"


def year_group(value: object, year: Record) -> str:
    """The National Curriculum year, "R" for Reception; never out of the name of a class.

    >>> year_group("0", {}), year_group(3, {}), year_group("Year 04", {}), year_group(None, {"code": "R"})
    ('R', '3', '4', 'R')
    """
    written = text(value) or text(year.get("code"))
    short = written.upper().removeprefix("YEAR").strip()
    if (years := number(short)) is not None:
        return str(years or "R")
    return "R" if short == "RECEPTION" else short


def plans_are_shared(children: Iterable[Child]) -> bool:
    """Whether any child has a plan listed: then an empty list elsewhere says "none" and not "not shared"."""
    return any(many(child.records[0], PLANS) for child in children)


def shared(children: Iterable[Child]) -> dict[str, tuple[int, int]]:
    """Of how many children each flag is shared, and how many there are, by what people call it."""
    records = [inner(child.records[0], "extended_details") for child in children]
    named = {**{theirs: words for theirs, (_, words) in FLAGS.items()}, "sen_status": "SEN"}
    return {
        words: (sum(record.get(theirs) is not None for record in records), len(records))
        for theirs, words in named.items()
    }
