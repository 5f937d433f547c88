"""Children, from Wonde's lists of pupils and leavers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from halfday.register import Pupil
from halfday_sync.sources import meanings
from halfday_sync.sources.meanings import Unread
from halfday_sync.sources.wonde.classes import chosen, class_of, holds
from halfday_sync.sources.wonde.identity import Child
from halfday_sync.sources.wonde.values import Record, day, flag, inner, many, text
from halfday_sync.sources.wording import shown_pupil, shown_value

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
    _unread: Unread = field(default_factory=Unread)

    def pupil(self, child: Child) -> Pupil:
        """The pupil. What a child's first record leaves blank is taken from none of its earlier ones, but its start."""
        record = child.records[0]
        education, extended = inner(record, "education_details"), inner(record, "extended_details")
        told = [inner(one, "education_details") for one in child.records]
        starts = [start for start in (day(one.get("admission_date")) for one in told) if start]
        if len(child.records) > 1:
            self.notes.append(
                f"{shown_pupil(child.pupil_id)} is at Wonde under {len(child.records)} ids: taken as one child"
            )
        flags: dict[str, Any] = {ours: flag(extended.get(theirs)) for theirs, (ours, _) in FLAGS.items()}
        read = partial(self._unread.read, who=child.pupil_id)
        return Pupil(
            pupil_id=child.pupil_id,
            upn=text(education.get("upn")),
            surname=text(record.get("surname")) or text(record.get("legal_surname")),
            forename=text(record.get("forename")) or text(record.get("legal_forename")),
            dob=day(record.get("date_of_birth")),
            sex=read("sex", meanings.sex, text(record.get("gender"))) or "",
            year_group=read("year group", meanings.year_group, _year(education, inner(record, "year"))) or "",
            class_name=self._class(child),
            house=text(inner(record, "house").get("name")),
            start_date=min(starts, default=None),
            end_date=day(education.get("leaving_date")) or self._left(child),
            sen=read("SEN status", self._sen, text(extended.get("sen_status"))) or "",
            enrolment=read("enrolment status", meanings.enrolment, text(extended.get("enrolment_status"))) or "",
            cp=self._plan(record),
            **flags,
        )

    def _sen(self, told: str) -> str | None:
        own = {" ".join(word.upper().split()): ours for word, ours in self.sen.items()}
        return own.get(told.upper()) or meanings.sen(told)

    def _class(self, child: Child) -> str:
        name, guessed = class_of(child.records[0], self.today)
        if not name:
            held = self.groups.get(text(child.records[0].get("id")), [])
            name, guessed = chosen(held, self.today)
        if guessed:
            self.notes.append(
                f"{shown_pupil(child.pupil_id)} is in several registration groups without dates: the newest counts"
            )
        return name

    def _left(self, child: Child) -> date | None:
        """A leaver without a leaving date must not count as on roll: it left by the day its record was last changed."""
        if not child.left:
            return None
        self.notes.append(f"{shown_pupil(child.pupil_id)} is listed as a leaver, without a leaving date")
        return min(day(child.records[0].get("updated_at")) or self.today, self.today)

    def _plan(self, record: Record) -> bool | None:
        held = record.get(PLANS)
        if held is None or (isinstance(held, Mapping) and held.get("data") is None):
            return None
        ranges = many(record, PLANS)
        if not ranges:
            return False if self.plans else None
        return any(holds(one, self.today) for one in ranges)

    def tell(self) -> Iterator[str]:
        """The notes, once all children are read."""
        yield from self.notes
        for note in self._unread.tell(_shown):
            yield f"{note} (say in [source.sen] what it means)" if note.startswith("SEN") else note


def _shown(written: str, pupils: int) -> str:
    """A word of several children is the system's, not somebody's."""
    return repr(written) if pupils > 1 else shown_value(written)


def _year(education: Record, year: Record) -> str:
    """The National Curriculum year; never out of the name of a class."""
    return text(education.get("current_nc_year")) or text(year.get("code"))


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
