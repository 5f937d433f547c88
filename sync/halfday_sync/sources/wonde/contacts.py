"""Whom to ring and to write to, from the contacts that Wonde includes with each pupil on roll.

Proven by a recorded page (A; rmcsharry/ep-richard @a60de893, 2016): the includes `contacts` and
`contacts.contact_details`; names, title, `upi`; beside each contact, not under `data`, its `relationship` to this pupil
(`relationship`, `priority` as a number or null and often alike for both parents, `parental_responsibility`,
`correspondence`, `court_order`, `lives_with_pupil`); `phones` with `phone, primary, home, work, mobile`, text or null.
Not established (C): what each system means by `correspondence` and `court_order`; whether every system fills them.

Decided: letters go to those with parental responsibility or with `correspondence`, and to nobody with a court order: a
person has to look at that one. In the recording nearly every parent has `correspondence` false, so false alone takes
nothing away. `upi` is a hash of a number: a contact may have the pupil's. Only with the same birthday is it the pupil.
"""

from collections.abc import Iterable, Iterator

from halfday.carer import Carer
from halfday.printing import counted
from halfday_sync.sources.carers import LAST, CarerList, ListedCarer, tidy_name, tidy_phone, tidy_words
from halfday_sync.sources.wonde.identity import Child
from halfday_sync.sources.wonde.values import Record, day, flag, inner, many, number, text

INCLUDES = ("contacts", "contacts.contact_details")
NOT_SHARED = "contacts are not shared: ask the school to approve them at Wonde, else nobody's numbers are known here"
_PHONES = ("primary", "phone", "mobile", "home", "work")


def contacts_of(children: Iterable[Child], notes: list[str]) -> tuple[Carer, ...] | None:
    """The carers of the children on roll; None where no child has any: then they are not shared."""
    told = CarerList("Wonde")
    themselves = barred = 0
    for child in children:
        record = child.records[0]
        for contact in many(record, "contacts"):
            if _is_the_child(contact, record):
                themselves += 1
                continue
            one = _listed(child.pupil_id, contact)
            barred += flag(_relation(contact).get("court_order")) is True
            if one.name or one.phones:
                told.add(one)
    found = told.carers()
    notes += told.notes if found else []
    if themselves:
        notes.append(f"{counted(themselves, 'contact')} left out: by number and birthday, the pupil as a contact")
    if barred:
        notes.append(f"{counted(barred, 'contact')} with a court order noted: no letter goes there by itself")
    return found or None


def _listed(pupil_id: str, contact: Record) -> ListedCarer:
    relation, name = _relation(contact), _name(contact)
    place = number(relation.get("priority"))
    responsible = flag(relation.get("parental_responsibility"))
    return ListedCarer(
        pupil_id,
        f"{text(contact.get('upi')) or text(contact.get('id'))}\n{name.casefold()}",
        name,
        tidy_words(text(relation.get("relationship"))),
        tuple(_phones(contact)),
        _letters(relation),
        (
            place if place is not None else LAST,
            flag(relation.get("lives_with_pupil")) is not True,
            responsible is not True,
        ),
    )


def _letters(relation: Record) -> bool | None:
    if flag(relation.get("court_order")):
        return False
    told = [flag(relation.get(name)) for name in ("parental_responsibility", "correspondence")]
    return True if True in told else None if told == [None, None] else False


def _name(contact: Record) -> str:
    """`Mrs A Example`, as letters address somebody; without a title, the forename in full."""
    title, forename, surname = (text(contact.get(name)) for name in ("title", "forename", "surname"))
    title = title.capitalize() if title.isupper() else title
    return tidy_name(f"{title} {forename[:1] if title else forename} {surname}")


def _phones(contact: Record) -> Iterator[str]:
    phones = inner(inner(contact, "contact_details"), "phones")
    for name in _PHONES:
        if phone := tidy_phone(text(phones.get(name))):
            yield phone


def _relation(contact: Record) -> Record:
    return inner(contact, "relationship")


def _is_the_child(contact: Record, record: Record) -> bool:
    born = day(contact.get("date_of_birth"))
    same = text(contact.get("upi")) == text(record.get("upi")) != ""
    return same and born is not None and born == day(record.get("date_of_birth"))
