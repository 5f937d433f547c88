"""A hit, weighed: another child, something for a person to read, or explained."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from halfday_sync.referrals.everyday import everyday
from halfday_sync.referrals.proof.allowed import MONTHS, Allowed, covers
from halfday_sync.referrals.proof.texts import WORDS, Text
from halfday_sync.referrals.proof.tokens import Token
from halfday_sync.referrals.proof.wanted import ADDRESS, CARER, FULL, ID, TITLES, UPN, Words

LEAK, READ = "leak", "read"
OWN, STAFF, FIXED, DATE, EVERYDAY, CHANCE, SIBLING = (
    "the child's own or its carers'",
    "names of staff",
    "fixed words",
    "dates and numbers",
    "everyday words",
    "figures and letters that are no id",
    "brothers and sisters, confirmed",
)
"""Verdicts: the first two, and why a hit is neither."""
_NUMBERED = frozenset("band day page stage term week year".split())  # noqa: SIM905
_AFTER = frozenset("pupil pupils child student id ids no number adno admission upn".split())  # noqa: SIM905
_SHORT = 3


class Hit(NamedTuple):
    """Words of a text that are searched for: from which to which, of what kind, whose; of "the Greens", who one is."""

    first: int
    last: int
    kind: str
    whose: frozenset[str]
    singular: str = ""


def judged(hit: Hit, said: Sequence[Token], text: Text, allowed: Allowed) -> str:
    """What a hit is: the first of its kind's rules that holds, else another child."""
    if hit.kind in (ID, UPN):
        rules = _id(hit, said, text, allowed)
    elif hit.last > hit.first or hit.kind in (FULL, ADDRESS):
        rules = _name(hit, said, allowed)
    else:
        rules = _word(hit, said, text, allowed)
    return next((verdict for verdict, holds in rules if holds), LEAK)


def _name(hit: Hit, said: Sequence[Token], allowed: Allowed) -> Iterator[tuple[str, bool]]:
    """Several words, or a name written in one: a name in full, an address."""
    words = said[hit.first : hit.last + 1]
    staff = covers(allowed.grown_up, said, hit.first, hit.last)
    yield OWN, bool(covers(allowed.own, said, hit.first, hit.last))
    yield STAFF, bool(staff) and (hit.kind == CARER or len(staff) > len(words))
    yield READ, bool(staff)
    yield FIXED, bool(covers(allowed.fixed, said, hit.first, hit.last))
    yield READ, all({one.word, one.stem} & allowed.own_words for one in words)
    yield READ, len(words) > 1 and all(one.is_small and one.stem in everyday().small for one in words)


def _word(hit: Hit, said: Sequence[Token], text: Text, allowed: Allowed) -> Iterator[tuple[str, bool]]:
    """A single word that is a name."""
    at, word = hit.first, said[hit.first]
    forms = {word.word, word.stem, hit.singular}
    yield OWN, bool(forms & allowed.own_words or covers(allowed.own, said, at, at))
    yield STAFF, bool(covers(allowed.grown_up, said, at, at))
    yield STAFF, text.is_alone and len(said) == 1 and bool(forms & allowed.staff_alone)
    yield FIXED, bool(forms & allowed.fixed_words or covers(allowed.fixed, said, at, at))
    yield DATE, bool(forms & (MONTHS | _NUMBERED)) and _beside_a_number(said, at)
    yield EVERYDAY, word.is_small and (bool(forms & everyday().small) or len(word.stem) < _SHORT)
    yield READ, len(word.stem) < _SHORT or bool(forms & (everyday().capital | everyday().pages | allowed.staff_words))
    yield READ, _has_title(said, at)


def _id(hit: Hit, said: Sequence[Token], text: Text, allowed: Allowed) -> Iterator[tuple[str, bool]]:
    """An id: a short one, and one that is figures only, may be anything; after "pupil" or "ID" it is one."""
    words: Words = tuple(one.stem for one in said[hit.first : hit.last + 1])
    whole = "".join(words)
    yield OWN, all(word in allowed.figures for word in words) or bool(covers(allowed.own, said, hit.first, hit.last))
    yield LEAK, _is_called(said, hit.first)
    yield FIXED, whole in allowed.fixed_words or bool(covers(allowed.fixed, said, hit.first, hit.last))
    yield CHANCE, len(whole) <= _SHORT
    yield EVERYDAY, whole in everyday().small
    yield CHANCE, whole.isdecimal() and text.reading != WORDS
    yield READ, whole.isdecimal() and len(whole) == _SHORT + 1 and text.is_alone and len(said) == len(words)
    yield CHANCE, whole.isdecimal() and len(whole) == _SHORT + 1


def _is_called(said: Sequence[Token], at: int) -> bool:
    """Whether "pupil", "ID" or the like is one of the two words before."""
    near = itertools.takewhile(lambda one: one > 0 and not said[one].is_apart, (at, at - 1))
    return any(said[one - 1].word in _AFTER for one in near)


def _beside_a_number(said: Sequence[Token], at: int) -> bool:
    return any(said[one].word[:1].isdigit() for one in (at - 1, at + 1) if 0 <= one < len(said))


def _has_title(said: Sequence[Token], at: int) -> bool:
    before = [one.word for one in said[max(0, at - 2) : at]][::-1]
    return bool(before) and (before[0] in TITLES or (len(before[0]) == 1 and before[-1] in TITLES))
