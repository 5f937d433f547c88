"""Words that are names as well: "may", "will", "Grace". Data for those who cover and for those who prove."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Everyday:
    """Folded words (`everyday.toml`).

    Attributes:
        capital: everyday words even when they begin with a capital letter.
        pages: what our own pages say, with a capital letter or without: no leak there, and a name in people's words.
        small: everyday words in small letters only; it holds those of the other two as well.
    """

    capital: frozenset[str]
    pages: frozenset[str]
    small: frozenset[str]


@cache
def everyday() -> Everyday:
    """The words that come with Halfday."""
    told = tomllib.loads((files(__package__) / "everyday.toml").read_text(encoding="utf-8"))
    capital, pages = frozenset(told["capital"].split()), frozenset(told["pages"].split())
    return Everyday(capital, pages, capital | pages | frozenset(told["small"].split()))
