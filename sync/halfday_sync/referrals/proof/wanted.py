"""Everything that is searched for: each child by all it could be known by, in the spellings in which it may stand."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.proof.numbers import core, postcodes_in
from halfday_sync.referrals.proof.tokens import name_words

FULL, SURNAME, FORENAME, CARER = "full name", "surname", "forename", "carer"
ID, UPN, PHONE, ADDRESS, NOTE = "id", "upn", "phone", "address", "note"
KINDS = (FULL, CARER, UPN, ID, PHONE, ADDRESS, NOTE, SURNAME, FORENAME)
RUN = 6
"""So many words of a note in a row are no accident."""
TITLES = frozenset("mr mrs ms miss mx dr sir madam prof professor rev reverend father sister".split())  # noqa: SIM905
_PARTICLES = frozenset("al bin da dal de del della der di dos du el ibn la le san st ten the van von y".split())  # noqa: SIM905
_LEAST_IN_ONE = 6

Whose = frozenset[str]
Words = tuple[str, ...]


@dataclass
class Wanted:
    """What is searched for, and whose it is.

    Attributes:
        names: by their first word, names, ids and addresses as words: with their kinds and ids of the pupils.
        singles: words that stand for a child by themselves: of a forename or a surname, a carer's surname.
        phones, upns: in one spelling.
        postcodes: with the number of the house.
        notes: runs of words.
        counts: how many of each kind.
    """

    names: dict[str, dict[Words, dict[str, set[str]]]] = field(default_factory=dict)
    singles: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    phones: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    upns: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    postcodes: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    notes: dict[Words, set[str]] = field(default_factory=lambda: defaultdict(set))
    counts: Counter[str] = field(default_factory=Counter)

    def name(self, words: Words, kind: str, pupil_id: str) -> None:
        """A name, or what else is words one after another."""
        found = self.names.setdefault(words[0], {}).setdefault(words, {})
        found.setdefault(kind, set()).add(pupil_id)


def wanted(others: Others, own: Own) -> Wanted:
    """Everything of the others that is not the child's own as well: brothers and sisters have the same telephone."""
    found = Wanted()
    own_ids = {name_words(one) for one in (own.pupil_id, *own.ids)}
    own_phones = {core(one) for one in own.phones}
    for person in others.people:
        _names(found, person)
        _carers(found, person)
        for one in {name_words(one) for one in (person.pupil_id, *person.ids)} - own_ids - {()}:
            found.name(one, ID, person.pupil_id)
            found.counts[ID] += 1
        if person.upn and person.upn.casefold() != own.upn.casefold():
            found.upns["".join(one for one in person.upn.upper() if one.isalnum())].add(person.pupil_id)
            found.name(name_words(person.upn), UPN, person.pupil_id)
            found.counts[UPN] += 1
        for phone in {core(one) for one in person.phones} - own_phones - {""}:
            found.phones[phone].add(person.pupil_id)
            found.counts[PHONE] += 1
        _addresses(found, person, own)
        _notes(found, person)
    return found


def _names(found: Wanted, person: Person) -> None:
    first, last = name_words(person.forename), name_words(person.surname)
    for words in full_names(first, last):
        found.name(words, FULL, person.pupil_id)
    found.counts[FULL] += bool(first and last)
    for kind, words in ((FORENAME, first), (SURNAME, last)):
        if len(words) > 1:
            found.name(words, kind, person.pupil_id)
        for word in words:
            if word not in _PARTICLES and not (word in TITLES and len(words) > 1):
                found.singles[word][kind].add(person.pupil_id)
        found.counts[kind] += bool(words)


def full_names(first: Words, last: Words) -> Iterator[Words]:
    """A name in either order, with one of several forenames and surnames, and in one word where that is long."""
    if not first or not last:
        return
    for one in {first, first[:1]}:
        for other in {last, *((word,) for word in last if word not in _PARTICLES)}:
            yield one + other
            yield other + one
            if len("".join(one + other)) >= _LEAST_IN_ONE:
                yield ("".join(one + other),)
                yield ("".join(other + one),)


def _carers(found: Wanted, person: Person) -> None:
    for carer in person.carers:
        words = name_words(carer)
        named = tuple(word for word in words if word not in TITLES)
        if len(named) > 1:
            found.name(words, CARER, person.pupil_id)
            if len(named[0]) > 1:
                found.name(named, CARER, person.pupil_id)
        if named:
            found.singles[named[-1]][CARER].add(person.pupil_id)
            found.counts[CARER] += 1


def _addresses(found: Wanted, person: Person, own: Own) -> None:
    own_lines = {_line(one) for one in own.addresses}
    own_codes = {code for one in own.addresses for code in postcodes_in(one)}
    for address in person.addresses:
        line = _line(address)
        if line in own_lines or not line:
            continue
        found.counts[ADDRESS] += 1
        if len(line) > 1:
            found.name(line, ADDRESS, person.pupil_id)
        for code in postcodes_in(address) - own_codes:
            found.postcodes[code].setdefault(line[0], set()).add(person.pupil_id)


def _line(address: str) -> Words:
    """The first line of an address; with the second one where the first is a number alone."""
    lines = [name_words(line) for line in address.replace(",", "\n").split("\n") if line.strip()]
    if lines and len(lines[0]) == 1 and len(lines) > 1:
        return lines[0] + lines[1]
    return lines[0] if lines else ()


def _notes(found: Wanted, person: Person) -> None:
    for note in person.notes:
        for run in runs(name_words(note)):
            found.notes[run].add(person.pupil_id)
        found.counts[NOTE] += 1


def runs(words: Words) -> Iterator[Words]:
    """Every run of so many words."""
    return (words[at : at + RUN] for at in range(len(words) - RUN + 1))


def tally(found: Wanted) -> Mapping[str, int]:
    """How many of each kind are searched for, in one order."""
    return {kind: found.counts[kind] for kind in KINDS}
