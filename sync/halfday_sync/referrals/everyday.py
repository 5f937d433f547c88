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
        small: everyday words in small letters only; it holds those of `capital` too.
    """

    capital: frozenset[str]
    small: frozenset[str]


@cache
def everyday() -> Everyday:
    """The words that come with Halfday."""
    told = tomllib.loads((files(__package__) / "everyday.toml").read_text(encoding="utf-8"))
    capital = frozenset(told["capital"].split())
    return Everyday(capital, capital | frozenset(told["small"].split()))
