"""Parents and carers as sources list them: one person once, numbers tidied, in the order in which they are rung.

Nothing is guessed. A number stays as it came: one that a spreadsheet took the first 0 from is told, not completed. A
letter goes to whom the source says it does; what is not told is not yes. Notes have ids, rows and counts; never a name
or a number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from halfday.carer import Carer
from halfday.printing import counted, first_few
from halfday_sync.sources.wording import shown_pupil

MOST = 10
"""So many of one pupil are kept: more is a slip in the export, and nobody rings an eleventh."""
MOST_PHONES = 5
LAST = float("inf")
"""The place of somebody whom the source gives none."""
_NAME, _WORDS, _NUMBER = 100, 60, 40
_SPOILED = re.compile(r"\d+([.,]\d+)?[Ee]\+?\d+", re.ASCII)
_ABROAD = re.compile(r"^(00)?44(?=\d{10}$)")
_FIRST_OF_A_NUMBER = "12378"


@dataclass(frozen=True)
class ListedCarer:
    """A carer as a source lists them.

    Attributes:
        letters: whether letters go to them; None where the source does not say.
        rank: who is rung first: the smaller; alike, in the order in which they are listed.
        person: the same text for the same person in one pupil's list.
    """

    pupil_id: str
    person: str
    name: str = ""
    relationship: str = ""
    phones: tuple[str, ...] = ()
    letters: bool | None = None
    rank: tuple[float, ...] = (LAST,)


@dataclass
class CarerList:
    """Gathers carers in any order, then says who is rung about whom."""

    where: str
    notes: list[str] = field(default_factory=list)
    _listed: dict[str, dict[str, ListedCarer]] = field(default_factory=dict)
    _twice: int = 0

    def add(self, one: ListedCarer) -> None:
        """Takes one in; whoever is there already is the same person told again."""
        of_pupil = self._listed.setdefault(one.pupil_id, {})
        before = of_pupil.get(one.person)
        self._twice += before is not None
        of_pupil[one.person] = one if before is None else _together(before, one)

    def carers(self) -> tuple[Carer, ...]:
        """All of them, by pupil and place; adds to `notes` what a person should know."""
        many: list[str] = []
        found: list[Carer] = []
        for pupil_id, persons in self._listed.items():
            ordered = sorted(persons.values(), key=lambda one: one.rank)
            if len(ordered) > MOST:
                many.append(pupil_id)
            found += [
                Carer(pupil_id, place, one.name, one.relationship, _once(one.phones), one.letters is True)
                for place, one in enumerate(ordered[:MOST], start=1)
            ]
        self.notes += self._tell(many)
        return tuple(found)

    def _tell(self, many: list[str]) -> Iterator[str]:
        listed = [one for persons in self._listed.values() for one in persons.values()]
        if self._twice:
            yield f"{self.where}: {counted(self._twice, 'contact')} told twice: taken as one person each"
        if many:
            named = first_few(shown_pupil(pupil_id) for pupil_id in many)
            yield f"{self.where}: more than {MOST} contacts each; the first {MOST} are kept: {named}"
        if listed and all(one.letters is None for one in listed):
            yield (
                f"{self.where}: it does not tell to whom letters go, so no letter has a carer's name: they are for "
                '"the parent or carer"'
            )


def _together(one: ListedCarer, again: ListedCarer) -> ListedCarer:
    """One person told twice. Where one telling says that no letter goes to them, none does."""
    told = {one.letters, again.letters} - {None}
    return replace(
        one,
        name=one.name or again.name,
        relationship=one.relationship or again.relationship,
        phones=(*one.phones, *again.phones),
        letters=all(told) if told else None,
        rank=min(one.rank, again.rank),
    )


def _once(phones: Iterable[str]) -> tuple[str, ...]:
    """Each number once, however it is spaced."""
    found: dict[str, str] = {}
    for phone in phones:
        digits = _ABROAD.sub("0", "".join(filter(str.isdigit, phone)))
        found.setdefault(digits, phone)
    return tuple(found.values())[:MOST_PHONES]


def tidy_name(text: str) -> str:
    r"""A name on one line.

    >>> tidy_name(" Mrs  A\nExample ")
    'Mrs A Example'
    """
    return _line(text, _NAME)


def tidy_words(text: str) -> str:
    """A relationship on one line."""
    return _line(text, _WORDS)


def tidy_phone(text: str) -> str:
    """A number as it came, on one line; blank for what nobody can dial.

    >>> tidy_phone(" 01632  960001 (work)"), tidy_phone("1632960001"), tidy_phone("n/a"), tidy_phone("7.7009E+09")
    ('01632 960001 (work)', '1632960001', '', '')
    """
    told = _line(text, _NUMBER)
    return "" if is_spoiled(told) or sum(map(str.isdigit, told)) < 3 else told


def is_spoiled(text: str) -> bool:
    """Whether a spreadsheet has put a number into powers of ten, so that its digits are lost."""
    return _SPOILED.fullmatch(text.strip()) is not None


def may_lack_its_zero(phone: str) -> bool:
    """Whether a number looks like one whose first 0 a spreadsheet took off.

    >>> may_lack_its_zero("1632960001"), may_lack_its_zero("01632 960001"), may_lack_its_zero("+447700900001")
    (True, False, False)
    """
    digits = phone.replace(" ", "")
    return digits.isascii() and digits.isdecimal() and len(digits) in (9, 10) and digits[0] in _FIRST_OF_A_NUMBER


def _line(text: str, most: int) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:most].strip()
