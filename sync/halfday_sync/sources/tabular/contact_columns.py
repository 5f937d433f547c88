"""Which columns of a list of contacts are which: a row for each pupil and each person to ring."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from halfday_sync.sources.tabular.columns import SYNONYMS, Mapping, find_columns, heading_key

_ORDER = ("order", "priority", "contact order", "contact priority", "call order")
_NAME = ("name", "contact name", "contact full name", "carer", "carer name", "parent name")
_PARTS = (
    ("contact title",),
    ("contact forename", "contact first name"),
    ("contact surname", "contact last name"),
)
_RELATIONSHIP = ("relationship", "relation", "contact relationship", "relationship to pupil", "relationship to student")
_RELATIONS = frozenset(_RELATIONSHIP)
_WAYS = ("phone", "telephone", "tel", "mobile", "phone number", "telephone number", "mobile number", "contact number")
_PLACES = ("home", "work", "main", "mobile", "daytime", "day", "contact", "primary", "emergency")
PHONES = (
    frozenset(_WAYS) | {f"{place} {way}" for place in _PLACES for way in _WAYS} | {f"phone {n}" for n in range(1, 6)}
)
LETTERS = (
    *("letters", "letter", "receives letters", "correspondence", "receives correspondence"),
    *("parental responsibility", "has parental responsibility", "legal responsibility"),
)
COURT_ORDER = ("court order",)
_MARKS = frozenset({"code", "am", "pm", "session"})
_PUPILS_OWN = frozenset(
    {"dob", "sex", "start_date", "end_date", "enrolment", "sen", "pupil_premium", "fsm", "lac", "cp", "eal"}
)
"""What only a list of pupils has: their birthday is nobody else's."""


@dataclass(frozen=True)
class ContactColumns:
    """Positions of the columns. `name` has one, or those of title, forename and surname; the others may be empty.

    `of_pupils` says that the table is a list of pupils as well.
    """

    pupil: tuple[int, ...]
    order: tuple[int, ...]
    name: tuple[int, ...]
    relationship: tuple[int, ...]
    phones: tuple[int, ...]
    letters: tuple[int, ...]
    court_order: tuple[int, ...]
    of_pupils: bool


def contact_columns(headings: Sequence[str], mapping: Mapping) -> ContactColumns | None:
    """The columns of a list of contacts; None where these headings are of something else.

    A list of pupils may have a telephone number, too: only one that says what somebody is to the pupil, or who is rung
    first, has a row for each contact.
    """
    keys = [heading_key(heading) for heading in headings]
    if not PHONES.isdisjoint(keys) or not _RELATIONS.isdisjoint(keys):
        return _found(keys, find_columns(list(headings), mapping)[0].keys(), mapping)
    return None


def _found(keys: list[str], known: Collection[str], mapping: Mapping) -> ContactColumns | None:
    if not _MARKS.isdisjoint(known):
        return None
    of_pupils = not _PUPILS_OWN.isdisjoint(known)
    found = ContactColumns(
        pupil=_one(keys, *_ids(mapping, "pupil_id")) + _one(keys, *_ids(mapping, "upn")),
        order=_one(keys, *_ORDER),
        name=_one(keys, *_NAME[1:]) or _parts(keys) or (() if of_pupils else _one(keys, _NAME[0])),
        relationship=_one(keys, *_RELATIONSHIP),
        phones=tuple(at for at, key in enumerate(keys) if key in PHONES),
        letters=tuple(at for at, key in enumerate(keys) if key in LETTERS),
        court_order=_one(keys, *COURT_ORDER),
        of_pupils=of_pupils,
    )
    sure = found.pupil and (found.relationship or found.order) and (found.phones or found.name)
    return found if sure else None


def _ids(mapping: Mapping, column: str) -> tuple[str, ...]:
    stated = mapping.columns.get(column)
    return (heading_key(stated),) if stated else SYNONYMS[column]


def _one(keys: Sequence[str], *known: str) -> tuple[int, ...]:
    """The first column with the best of the headings."""
    return next(((keys.index(name),) for name in known if name in keys), ())


def _parts(keys: Sequence[str]) -> tuple[int, ...]:
    parts = [_one(keys, *names) for names in _PARTS]
    return sum(parts, ()) if parts[-1] else ()
