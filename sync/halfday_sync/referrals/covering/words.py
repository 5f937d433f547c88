"""Texts as words whose spelling does not matter: capitals, accents, apostrophes and hyphens. For `covering` alone."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

COVER = "[another child]"
"""What stands in place of a child."""
_HIDDEN = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_APOSTROPHES = "'`\u2018\u2019\u02bc\u00b4"
_WORD = re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}][^\W_]+)*")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]$")
_JOINED = re.compile(r"[\s\-\u2010\u2011\u2013,./_]{1,3}")
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th"}
)
_TITLES = frozenset("mr mrs ms miss mx dr sir madam prof professor rev reverend father sister".split())  # noqa: SIM905


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        folded, stem: without capitals and accents; the second without 's as well.
        start, end, stem_end: where it stands.
        is_small: whether it has no capital letter.
        before: what stands between it and the word before.
    """

    folded: str
    stem: str
    start: int
    end: int
    stem_end: int
    is_small: bool
    before: str

    @property
    def is_joined(self) -> bool:
        """Whether it can belong to one name with the word before: a space, a hyphen, a comma, a dot between."""
        return _JOINED.fullmatch(self.before) is not None

    @property
    def is_after_cover(self) -> bool:
        """Whether a covered place stands right before it."""
        return "]" in self.before

    @property
    def is_addressed(self) -> bool:
        """Whether a title or an initial right before it belongs to it: on the same line, in the same sentence."""
        return self.before in (" ", ". ", ".", "\u00a0")


def clean(text: str) -> str:
    """A text without signs that nobody sees, accents in one piece with their letters."""
    return unicodedata.normalize("NFC", text).translate(_HIDDEN)


def fold(word: str) -> str:
    """A word without capitals, accents and apostrophes.

    >>> fold("Łucja"), fold("O'BRIEN"), fold("Şahin")
    ('lucja', 'obrien', 'sahin')
    """
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold()).translate(_LETTERS)
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(maxsize=20_000)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name."""
    return tuple(word.folded for word in words_of(clean(name)))


def words_of(text: str) -> Sequence[Word]:
    """The words of a clean text."""
    found, last = [], 0
    for match in _WORD.finditer(text):
        word = match.group()
        stem = _POSSESSIVE.sub("", word)
        end = match.start() + len(stem)
        small = word == word.lower()
        found.append(Word(fold(word), fold(stem), match.start(), match.end(), end, small, text[last : match.start()]))
        last = match.end()
    return found


def is_title(word: str) -> bool:
    """Whether a folded word is how grown-ups are addressed."""
    return word in _TITLES
