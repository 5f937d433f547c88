"""Other children's names in people's own words, covered before a pack is made from them.

What is covered: full names in either order, surnames and forenames, names of their carers, ids, UPNs and telephone
numbers. What is not: what is the child's own or its carers', names of staff, a grown-up with a title ("Mrs Green"),
and everyday words that are names too ("Will", "May"). The last two are counted, for a person to read. Nicknames and
misspelt names it does not know.

    covering = Covering(others, own)
    covering.words("Rang mum. Amira Khan was there.")   # "Rang mum. [another child] was there."
    covering.who("J Bell")                              # who did something: only what is sure is covered
    covering.covered, covering.told                     # in how many places
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from halfday_sync.referrals.covering.numbers import cover_numbers, dialled
from halfday_sync.referrals.covering.words import COVER, Word, clean, fold, folded, is_title, words_of
from halfday_sync.referrals.everyday import everyday
from halfday_sync.referrals.others import Others, Own, Person

FAMILY = "[another family]"
"""What stands in place of the grown-ups of another child."""
_PARTICLES = frozenset("al bin da dal de del della der di dos du el ibn la le san st ten the van von y".split())  # noqa: SIM905
_SAME_AGAIN = re.compile(rf"({re.escape(COVER)}|{re.escape(FAMILY)})(?:[\s,]+(?:{re.escape(COVER)}))+")
_CALLED = frozenset("pupil pupils child student id ids no number adno admission upn".split())  # noqa: SIM905
_LEAST_ID, _LEAST_FIGURES = 4, 5
"""An id of fewer letters, or of fewer figures only, may be anything else."""
_LEAST = 3
"""A name of fewer letters is covered as part of a full name only."""
_LEAST_IN_ONE = 6
"""A full name that is written as one word is one from so many letters on."""


class _Known(NamedTuple):
    """What is covered: its words, what stands in its place, and whether that is enough to go by.

    A name alone may be an everyday word; an id that is short, or a few figures, is one after "pupil" or "ID" only.
    A family's name in the plural, "the Greens", is one with a capital letter only.
    """

    words: tuple[str, ...]
    cover: str
    is_sure: bool
    is_short_id: bool = False
    is_plural: bool = False


@dataclass
class Covering:
    """Covers other children in people's words.

    Attributes:
        others, own: who is to be covered, and who is not.
        covered: in how many places something was covered so far.
        told: how many words were left that may be another child's name, for a person to read.
    """

    others: Others
    own: Own
    covered: int = 0
    told: int = field(default=0)

    def words(self, text: str) -> str:
        """Free words with other children covered; a text without any comes back as it was."""
        return self._covered(text, gently=False)

    def who(self, text: str) -> str:
        """Who did something, as people type it: a full name, an id, a number are covered; a name alone is told."""
        return self._covered(text, gently=True)

    def _covered(self, text: str, *, gently: bool) -> str:
        if not text:
            return text
        plain = clean(text)
        numbers = cover_numbers(plain, self._upns, self._phones)
        plain, found = numbers.text, numbers.places
        words = words_of(plain)
        kept = self._own_places(words)
        at, parts, last = 0, [], 0
        while at < len(words):
            known = self._at(words, at)
            if known is None or not self._is_another(words, at, known, kept, gently=gently):
                at += 1
                continue
            found += 1
            end = words[at + len(known.words) - 1]
            parts += [plain[last : words[at].start], known.cover]
            last = end.stem_end if end.folded != known.words[-1] else end.end
            at += len(known.words)
        if not found:
            return text
        self.covered += found
        return _SAME_AGAIN.sub(r"\1", "".join([*parts, plain[last:]]))

    def _at(self, words: Sequence[Word], at: int) -> _Known | None:
        """The longest of the known names that begins here."""
        for first in dict.fromkeys((words[at].folded, words[at].stem)):
            for known in self._known.get(first, ()):
                is_owned = known.is_plural and words[at].folded != words[at].stem  # "Green's" is of one Green
                if _stands(known.words, words, at) and not is_owned:
                    return known
        return None

    def _is_another(self, words: Sequence[Word], at: int, known: _Known, kept: frozenset[int], *, gently: bool) -> bool:
        """Whether it is to be covered; counts it where a person should read it instead."""
        places = range(at, at + len(known.words))
        if known.is_short_id:
            return _is_called(words, at)
        is_kept = all(one in kept for one in places)
        if is_kept or all({words[one].folded, words[one].stem} & self._own_words for one in places):
            self.told += known.words in self._namesakes if is_kept else len(known.words) > 1
            return False
        word = words[at]
        if known.is_plural and not word.is_small:
            return self._left(is_left=word.stem.removesuffix("s") in self._own_words | everyday().capital)
        if known.is_sure:
            is_plain = all(words[one].is_small and words[one].stem in everyday().small for one in places)
            return self._left(is_left=is_plain or (gently and known.cover == FAMILY))
        if word.is_small or (_in_a_date(words, at) and word.stem in everyday().capital):
            is_word = known.is_plural or word.stem in everyday().small
            return self._left(is_left=gently) if not is_word else False
        return self._left(is_left=gently or word.stem in everyday().capital or _has_title(words, at))

    def _left(self, *, is_left: bool) -> bool:
        self.told += is_left
        return not is_left

    def _own_places(self, words: Sequence[Word]) -> frozenset[int]:
        """Where a name of the child, of its carers or of staff stands in full."""
        kept: set[int] = set()
        for at, word in enumerate(words):
            for first in {word.folded, word.stem}:
                for name in self._own_names.get(first, ()):
                    if _stands(name, words, at):
                        kept |= set(range(at, at + len(name)))
        return frozenset(kept)

    @cached_property
    def _upns(self) -> frozenset[str]:
        return frozenset(fold(one.upn) for one in self.others.people if one.upn) - {fold(self.own.upn)}

    @cached_property
    def _phones(self) -> frozenset[str]:
        each = {dialled(phone) for one in self.others.people for phone in one.phones}
        return frozenset(each - {dialled(phone) for phone in self.own.phones} - {""})

    @cached_property
    def _own_names(self) -> dict[str, list[tuple[str, ...]]]:
        """Names in full that are kept, by their first word."""
        names = {*_full_names(self.own.forename, self.own.surname), *self._staff}
        names |= {words for carer in self.own.carers for words in _addressed(carer)}
        names |= {folded(line) for one in self.own.addresses for line in (one, *re.split(r"[,\n]", one))}
        return _by_first(name for name in names if len(name) > 1)

    @cached_property
    def _staff(self) -> frozenset[tuple[str, ...]]:
        return frozenset(words for one in self.own.staff for words in _addressed(one))

    @cached_property
    def _namesakes(self) -> frozenset[tuple[str, ...]]:
        """Names of staff that are a child's full name as well: they stay, and a person reads them."""
        names = (_full_names(one.forename, one.surname) for one in self.others.people)
        return self._staff & frozenset(words for each in names for words in each)

    @cached_property
    def _own_words(self) -> frozenset[str]:
        """Words that are the child's own name or its carers'."""
        names = (self.own.forename, self.own.surname, *self.own.carers, *self.own.also)
        return frozenset(word for name in names for word in folded(name) if len(word) > 1 and not is_title(word))

    @cached_property
    def _known(self) -> dict[str, list[_Known]]:
        """Everything that is covered, by its first word, the longest first."""
        own_ids = {folded(one) for one in (self.own.pupil_id, *self.own.ids)}
        found = {one for person in self.others.people for one in _known_of(person)}
        found -= {one for one in found if one.words in own_ids}
        by_first: dict[str, list[_Known]] = defaultdict(list)
        for one in sorted(found, key=lambda known: (-len(known.words), not known.is_sure, known)):
            by_first[one.words[0]].append(one)
        return by_first


def _known_of(person: Person) -> Iterator[_Known]:
    for words in {folded(one) for one in (person.pupil_id, *person.ids)} - {()}:
        whole = "".join(words)
        is_short = len(whole) < (_LEAST_FIGURES if whole.isdecimal() else _LEAST_ID)
        yield _Known(words, COVER, is_sure=True, is_short_id=is_short)
    for words in _full_names(person.forename, person.surname):
        yield _Known(words, COVER, is_sure=True)
    for name in (person.forename, person.surname):
        if len(folded(name)) > 1:
            yield _Known(folded(name), COVER, is_sure=True)
        yield from (_Known((word,), COVER, is_sure=False) for word in _parts(name))
    yield from (_Known((f"{word}s",), FAMILY, is_sure=False, is_plural=True) for word in _parts(person.surname))
    for carer in person.carers:
        for words in _grown_up(carer):
            yield _Known(words, FAMILY, is_sure=True)
        yield from (_Known((word,), FAMILY, is_sure=False) for word in _parts(" ".join(folded(carer)[-1:])))


def _full_names(forename: str, surname: str) -> Iterator[tuple[str, ...]]:
    """A name in either order, and written as one word; with one of several forenames and surnames too."""
    first, last = folded(forename), folded(surname)
    if not first or not last:
        return
    yield ("".join(first + last),)
    for one in {first, first[:1]}:
        for other in {last, *((word,) for word in last if len(word) >= _LEAST and word not in _PARTICLES)}:
            yield (*one, *other)
            yield (*other, *one)
            if len("".join(one + other)) >= _LEAST_IN_ONE:
                yield ("".join(one + other),)
                yield ("".join(other + one),)


def _parts(name: str) -> Iterator[str]:
    """The words of a name by which one goes alone."""
    yield from (word for word in folded(name) if len(word) >= _LEAST and word not in _PARTICLES and not is_title(word))


def _grown_up(name: str) -> Iterator[tuple[str, ...]]:
    """A grown-up's name as written, and without the title where a first name is there."""
    words = folded(name)
    named = tuple(word for word in words if not is_title(word))
    if len(named) > 1:
        yield words
        if len(named[0]) > 1:
            yield named


def _addressed(name: str) -> Iterator[tuple[str, ...]]:
    """A grown-up's name, and as one speaks of them: with the title and the surname alone."""
    yield from _grown_up(name)
    words = folded(name)
    if words and is_title(words[0]):
        yield (words[0], words[-1])


def _by_first(names: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in names:
        found[name[0]].append(name)
    return found


def _stands(name: tuple[str, ...], words: Sequence[Word], at: int) -> bool:
    """Whether the words of a name stand here, one after another; the last one may have an 's."""
    if at + len(name) > len(words):
        return False
    *before, last = (words[at + offset] for offset in range(len(name)))
    return (
        name[-1] in (last.folded, last.stem)
        and all(word.folded == wanted for word, wanted in zip(before, name, strict=False))
        and all(words[one].is_joined for one in range(at + 1, at + len(name)))
    )


def _is_called(words: Sequence[Word], at: int) -> bool:
    """Whether "pupil", "ID" or the like stands before a figure."""
    for one in (at - 1, at - 2):
        if one < 0 or words[one + 1].is_after_cover:
            return False
        if words[one].folded in _CALLED:
            return True
    return False


def _has_title(words: Sequence[Word], at: int) -> bool:
    """Whether a title stands before a surname, with or without an initial in between."""
    for one in (at - 1, at - 2):
        if one < 0 or not words[one + 1].is_addressed:
            return False
        if is_title(words[one].folded):
            return True
        if len(words[one].folded) > 1:
            return False
    return False


def _in_a_date(words: Sequence[Word], at: int) -> bool:
    """Whether a number stands beside a word: "12 May", "May 2026"."""
    beside = [words[one].folded for one in (at - 1, at + 1) if 0 <= one < len(words)]
    return any(word[:1].isdigit() for word in beside)
