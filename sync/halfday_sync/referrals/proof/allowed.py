"""What may stand in a pack: the child's own names, its grown-ups', fixed words, everyday words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from halfday_sync.referrals.others import Own
from halfday_sync.referrals.proof.numbers import core
from halfday_sync.referrals.proof.tokens import Token, name_words
from halfday_sync.referrals.proof.wanted import TITLES, Words, full_names, runs

_LONG = "january february march april may june july august september october november december"
MONTHS = frozenset(word for month in _LONG.split() for word in (month, month[:3])) | {"sept"}
"""Months are names too, and explained beside a number only, even where they are among the fixed words."""
_FORMAT = (
    "Microsoft Excel",
    "Office Theme",
    "Worksheets",
    "Named Ranges",
    "Page of",  # the number of the page and of all pages stand there as codes
    "Print Area",
    "Print Titles",
    "Table Style Medium 9",
    "Pivot Style Light 16",
    "Print_Area",
    "Print_Titles",
)
"""Words that the file formats hold themselves."""
Phrases = dict[str, list[Words]]


@dataclass(frozen=True)
class Allowed:
    """What explains a hit.

    Attributes:
        own, grown_up, fixed: names and phrases that explain what stands within them, by their first word.
        own_words: words of the child's own name and its carers'.
        fixed_words: single fixed words, which explain themselves anywhere.
        staff_words: words of names of staff, which a person should read where they stand alone.
        staff_alone: names of staff of one word, which explain a cell that says no more.
        notes: runs of words of the child's own notes.
        figures: the child's own ids and numbers, and those of fixed words.
    """

    own: Phrases
    grown_up: Phrases
    fixed: Phrases
    own_words: frozenset[str]
    fixed_words: frozenset[str]
    staff_words: frozenset[str]
    staff_alone: frozenset[str]
    notes: frozenset[Words]
    figures: frozenset[str]


def allowed(own: Own, vocabulary: Collection[str]) -> Allowed:
    """What explains a hit in this child's pack."""
    fixed = {name_words(one) for one in (*vocabulary, *_FORMAT)} - {()}
    staff = {name_words(one) for one in own.staff} - {()}
    names = {*full_names(name_words(own.forename), name_words(own.surname))}
    names |= {words for one in own.carers for words in _addressed(one)} | {name_words(one) for one in own.also}
    names |= {name_words(one) for one in own.addresses}
    said = (own.forename, own.surname, *own.carers, *own.also)
    numbers = (own.pupil_id, *own.ids, own.upn, *own.phones, *own.addresses)
    return Allowed(
        own=_phrases(names),
        grown_up=_phrases(words for one in own.staff for words in _addressed(one)),
        fixed=_phrases(one for one in fixed if len(one) > 1),
        own_words=frozenset(word for one in said for word in name_words(one) if len(word) > 1 and word not in TITLES),
        fixed_words=frozenset(one[0] for one in fixed if len(one) == 1) - MONTHS,
        staff_words=frozenset(word for one in staff for word in one),
        staff_alone=frozenset(one[0] for one in staff if len(one) == 1),
        notes=frozenset(run for one in own.notes for run in runs(name_words(one))),
        figures=frozenset(word for one in numbers for word in (*name_words(one), core(one), f"0{core(one)}")),
    )


def _addressed(name: str) -> Iterator[Words]:
    """A grown-up's name as written, with the title and the surname, and without the title."""
    words = name_words(name)
    named = tuple(word for word in words if word not in TITLES)
    if len(words) > 1:
        yield words
    if len(named) > 1:
        yield named
        yield named[1:] + named[:1]
    if named and words[0] in TITLES:
        yield (words[0], named[-1])


def _phrases(names: Iterable[Words]) -> Phrases:
    found: dict[str, list[Words]] = defaultdict(list)
    for one in set(names):
        if len(one) > 1:
            found[one[0]].append(one)
    return dict(found)


def covers(phrases: Phrases, said: Sequence[Token], first: int, last: int) -> Words:
    """The longest phrase within which the words from `first` to `last` stand; none where there is none."""
    best: Words = ()
    for at in range(max(0, first - 80), first + 1):
        for phrase in phrases.get(said[at].word, ()):
            end = at + len(phrase)
            if end <= last or len(phrase) <= len(best) or end > len(said):
                continue
            if all(one.word == two for one, two in zip(said[at:end], phrase[:-1], strict=False)) and phrase[-1] in (
                said[end - 1].word,
                said[end - 1].stem,
            ):
                best = phrase
    return best
