"""A text, searched for everybody else. It shares nothing with `covering` but the list of everyday words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from halfday_sync.referrals.others import Others, Own
from halfday_sync.referrals.proof.allowed import allowed, covers
from halfday_sync.referrals.proof.judging import FIXED, LEAK, OWN, READ, SIBLING, Hit, judged
from halfday_sync.referrals.proof.numbers import cores_in, postcodes_in, upns_in
from halfday_sync.referrals.proof.texts import PAIR, SYNTAX, Text
from halfday_sync.referrals.proof.tokens import Token, tokens, undisguised, words_in
from halfday_sync.referrals.proof.wanted import (
    ADDRESS,
    CARER,
    FORENAME,
    FULL,
    ID,
    NOTE,
    PHONE,
    RUN,
    SURNAME,
    UPN,
    Words,
    runs,
    wanted,
)

_ORDER = (FULL, UPN, ID, ADDRESS, SURNAME, FORENAME, CARER)
_LEAST = 3
"""A surname of fewer letters has no plural that would be found."""
_SURE = 5
"""In bytes, a name or an id of fewer letters is chance."""


class Found(NamedTuple):
    """What was found in a text: its kind, whose it may be, and what it is (`judging`)."""

    kind: str
    whose: tuple[str, ...]
    verdict: str


class Search:
    """The search for everybody else in one child's pack."""

    def __init__(self, others: Others, own: Own, vocabulary: Collection[str], siblings: Collection[str]) -> None:
        self.wanted = wanted(others, own)
        self._allowed = allowed(own, vocabulary)
        self._siblings = frozenset(siblings)
        self._seen: dict[tuple[object, ...], tuple[Found, ...]] = {}

    def found(self, text: Text, *, is_family: bool = False) -> tuple[Found, ...]:
        """What stands in a text; on the sheet of the family the brothers and sisters that a person confirmed may."""
        key = (text.text, text.reading, text.is_alone)
        if key not in self._seen:
            self._seen[key] = tuple(dict.fromkeys(self._in(text)))
        said = self._seen[key]
        return tuple(self._of_family(one) for one in said) if is_family else said

    def _of_family(self, found: Found) -> Found:
        is_theirs = found.verdict in (LEAK, READ) and self._siblings.intersection(found.whose)
        return found._replace(verdict=SIBLING) if is_theirs else found

    def _in(self, text: Text) -> Iterator[Found]:
        for said, is_guess in undisguised(text.text):
            one = text._replace(text=said, reading=SYNTAX if is_guess else text.reading)
            yield from self._written(one)
            if one.reading != PAIR:
                yield from self._numbers(said, one.reading)

    def _written(self, one: Text) -> Iterator[Found]:
        """Names, ids, addresses and notes."""
        if self._telling.isdisjoint(words_in(one.text)):
            return
        words = tokens(one.text)
        for hit in self._hits(words, one.reading):
            yield Found(hit.kind, tuple(sorted(hit.whose)), judged(hit, words, one, self._allowed))
        if one.reading != PAIR:
            yield from self._addresses(one.text, words)
            yield from self._notes(words)

    @cached_property
    def _telling(self) -> frozenset[str]:
        """The longest word of everything that is searched for: a text with none of them need not be read closely."""
        one = self.wanted
        each = [*(words for found in one.names.values() for words in found), *one.notes]
        codes = {word for code in one.postcodes for word in (code.lower(), code[:-3].lower())}
        plurals = {f"{word}s" for word, kinds in one.singles.items() if SURNAME in kinds}
        return frozenset({max(words, key=len) for words in each} | one.singles.keys() | plurals | codes)

    def _hits(self, said: Sequence[Token], reading: str) -> Iterator[Hit]:
        """Names, ids and addresses, the longest first wherever one begins."""
        at = 0
        while at < len(said):
            words, kinds = self._longest(said, at, reading)
            if kinds:
                kind = next(one for one in _ORDER if one in kinds)
                yield Hit(at, at + len(words) - 1, kind, frozenset().union(*kinds.values()))
            elif one := self._plural(said[at], reading):
                yield Hit(at, at, SURNAME, frozenset(self.wanted.singles[one][SURNAME]), one)
            at += max(1, len(words))

    def _plural(self, said: Token, reading: str) -> str:
        """The surname of which a word is the plural: "the Greens"; with a capital letter only."""
        one = said.stem.removesuffix("s")
        is_one = _LEAST <= len(one) < len(said.stem) and SURNAME in self.wanted.singles.get(one, ())
        return one if is_one and not said.is_small and reading not in (SYNTAX, PAIR) else ""

    def _longest(self, said: Sequence[Token], at: int, reading: str) -> tuple[Words, Mapping[str, set[str]]]:
        best: Words = ()
        kinds: Mapping[str, set[str]] = {}
        forms = {said[at].word, said[at].stem}
        for first in forms:
            for words, found in self.wanted.names.get(first, {}).items():
                if len(words) > len(best) and _stands(words, said, at) and _counts(words, found, said, reading):
                    best, kinds = words, found
        if not best and reading not in (SYNTAX, PAIR):
            single = next((one for one in forms if one in self.wanted.singles), None)
            if single is not None:
                return (single,), self.wanted.singles[single]
        return best, kinds

    def _numbers(self, text: str, reading: str) -> Iterator[Found]:
        for phone in dict.fromkeys(cores_in(text, self._lengths, in_groups=reading != SYNTAX)):
            if phone in self.wanted.phones:
                yield Found(PHONE, tuple(sorted(self.wanted.phones[phone])), LEAK)
        for upn in dict.fromkeys(upns_in(text)):
            if upn in self.wanted.upns:
                yield Found(UPN, tuple(sorted(self.wanted.upns[upn])), LEAK)

    @cached_property
    def _lengths(self) -> frozenset[int]:
        return frozenset(len(one) for one in self.wanted.phones)

    def _addresses(self, text: str, said: Sequence[Token]) -> Iterator[Found]:
        """Postcodes: with the number of the house they are an address."""
        for code in sorted(postcodes_in(text) & self.wanted.postcodes.keys()):
            for house, whose in sorted(self.wanted.postcodes[code].items()):
                is_there = any(one.word == house for one in said)
                yield Found(ADDRESS, tuple(sorted(whose)), LEAK if is_there else READ)

    def _notes(self, said: Sequence[Token]) -> Iterator[Found]:
        if not self.wanted.notes or len(said) < RUN:
            return
        for at, run in enumerate(runs(tuple(one.word for one in said))):
            if run in self.wanted.notes:
                yield Found(NOTE, tuple(sorted(self.wanted.notes[run])), self._note(run, said, at))

    def _note(self, run: Words, said: Sequence[Token], at: int) -> str:
        if run in self._allowed.notes:
            return OWN
        return FIXED if covers(self._allowed.fixed, said, at, at + RUN - 1) else LEAK


def _stands(words: Words, said: Sequence[Token], at: int) -> bool:
    """Whether words stand here one after another, the last one with or without 's."""
    if at + len(words) > len(said):
        return False
    here = said[at : at + len(words)]
    return (
        words[-1] in (here[-1].word, here[-1].stem)
        and all(one.word == word for one, word in zip(here, words[:-1], strict=False))
        and all(one.goes_on for one in here[1:])
    )


def _counts(words: Words, kinds: Mapping[str, set[str]], said: Sequence[Token], reading: str) -> bool:
    """Whether a hit is more than chance: two cells are a full name as a whole; in bytes it has to be long."""
    if reading == PAIR:
        return len(words) == len(said) and FULL in kinds
    if reading == SYNTAX:
        whole = "".join(words)
        return len(whole) >= _SURE and not whole.isdecimal()
    return True
