"""Texts as words without capitals, accents and signs that nobody sees; and the same text behind its disguises."""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

_QUOTES = "'`\u2018\u2019\u201b\u02bc\u00b4"
_ONE_QUOTE = dict.fromkeys(map(ord, _QUOTES), "'")
_WORD = re.compile(rf"[^\W_]+(?:[{_QUOTES}][^\W_]+)*")
_OWNED = re.compile(rf"[{_QUOTES}]s$", re.IGNORECASE)
_MOST_BETWEEN = 3
_SPELT = {ord("ł"): "l", ord("ø"): "o", ord("đ"): "d", ord("ð"): "d", ord("þ"): "th", ord("æ"): "ae", ord("œ"): "oe"}
_SPELT |= {ord("\u0131"): "i", ord("\u0142"): "l", ord("ŧ"): "t", ord("ħ"): "h"}
_OFFICE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\d)(?=[^\W\d_])")
_BROKEN = re.compile(r"[-\u2010\u00ad]\s*\n\s*")
_UNSEEN = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""Unicode's signs of the category Cf: they are not seen, and a name with one of them inside looks like any other."""
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        word, stem: folded; the second without 's as well.
        is_small: whether it has no capital letter.
        goes_on: whether a name can go on to it from the word before.
        is_apart: whether a bracket was closed before it: "[another child] 12" is no child 12.
    """

    word: str
    stem: str
    is_small: bool
    goes_on: bool
    is_apart: bool


def plain(text: str) -> str:
    """Letters of one kind, without signs that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text.translate(_ONE_QUOTE)))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word without capitals, accents and quotes.

    >>> fold("ÖZGÜR"), fold("Łucja"), fold("D'Arcy"), fold("Straße")
    ('ozgur', 'lucja', 'darcy', 'strasse')
    """
    lower = word.casefold()
    if lower.isascii() and lower.isalnum():
        return lower
    apart = unicodedata.normalize("NFKD", lower).translate(_SPELT)
    return "".join(one for one in apart if one.isalnum() and not unicodedata.combining(one))


def words_in(text: str) -> frozenset[str]:
    """The words of a text, folded, with and without 's, in no order: soon told, to leave out what holds no name."""
    each = set(_WORD.findall(plain(text)))
    return frozenset(fold(one) for one in each | {_OWNED.sub("", one) for one in each})


@lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded."""
    return tuple(one.word for one in tokens(name))


def tokens(text: str) -> Sequence[Token]:
    """The words of a text."""
    said, last = plain(text), 0
    found: list[Token] = []
    for match in _WORD.finditer(said):
        word = match.group()
        between = said[last : match.start()]
        short = bool(found) and len(found[-1].word) == 1
        goes_on = 0 < len(between) <= _MOST_BETWEEN and (short or not re.search(r"[.!?;:]\s", between))
        folded = fold(word)
        stem = fold(_OWNED.sub("", word)) if len(word) > len(folded) else folded
        found.append(Token(folded, stem, word == word.lower(), goes_on, "]" in between))
        last = match.end()
    return found


def undisguised(text: str) -> Iterator[tuple[str, bool]]:
    """The text, and what it comes to where it is written in another way; whether that is only a guess.

    A guess is letters out of what looks like base64: a name alone is chance there.
    """
    seen = {text}
    yield text, False
    for said in (_decoded(text), _HUMPS.sub(" ", text), _BROKEN.sub("", text)):
        if said not in seen:
            seen.add(said)
            yield said, False
    for packed in _PACKED.findall(text):
        for said in _unpacked(packed):
            yield said, True


def _decoded(text: str) -> str:
    """Percent signs, entities and Office's and JSON's ways to write a letter, taken away."""
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "_x" in text:
        text = _OFFICE.sub(lambda found: chr(int(found.group(1), 16)), text)
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text


def _unpacked(packed: str) -> Iterator[str]:
    whole = packed.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return
    for letters in ("utf-8", "utf-16-le", "utf-16-be"):
        said = data.decode(letters, "ignore")
        if said.isprintable():
            yield said
