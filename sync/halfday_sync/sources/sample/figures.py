"""The figures and the names that the made-up school is drawn from; their sources stand beside them in the two files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class NameGroup:
    """Names that go together; the share of families that draw from them, and of those the share with EAL (per cent)."""

    share: int
    eal: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What pupils, classes and houses are called."""

    trees: tuple[str, ...]
    houses: tuple[str, ...]
    groups: tuple[NameGroup, ...]


@dataclass(frozen=True)
class Figures:
    """`figures.toml`, one attribute per table; units and sources are there.

    `codes` are per cent of possible sessions, `pupils` per cent of pupils, `bands` pupils per 10,000 by annual absence.
    """

    headline: Mapping[str, float]
    reception: Mapping[str, float]
    codes: Mapping[str, float]
    season_from: tuple[str, ...]
    season: Mapping[str, tuple[float, ...]]
    weekday: Mapping[str, tuple[float, ...]]
    pupils: Mapping[str, float]
    festivals: tuple[date, ...]
    festival_families: float
    fit: Mapping[str, float]
    then: tuple[float, ...]
    now: tuple[float, ...]
    rates: Mapping[str, float]
    choices: Mapping[str, tuple[int, ...]]
    unexplained: Mapping[str, float]
    bands: Mapping[str, tuple[int, ...]]
    band_edges: tuple[int, ...]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {key: float(value) for key, value in table.items() if isinstance(value, int | float)}


def _lists(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) for key, value in table.items() if isinstance(value, Sequence) and not isinstance(value, str)
    }


@cache
def figures() -> Figures:
    """The figures, read once."""
    data = _table("figures.toml")
    season = _lists(data["season"])
    return Figures(
        headline=_numbers(data["headline"]),
        reception=_numbers(data["reception"]),
        codes=_numbers(data["codes"]),
        season_from=season.pop("from"),
        season=season,
        weekday=_lists(data["weekday"]),
        pupils=_numbers(data["pupils"]),
        festivals=tuple(data["festivals"]["days"]),
        festival_families=float(data["festivals"]["families"]),
        fit=_numbers(data["fit"]),
        then=tuple(data["fit"]["then"]),
        now=tuple(data["fit"]["now"]),
        rates=_numbers(data["invented"]),
        choices=_lists(data["invented"]),
        unexplained=_numbers(data["invented"]["unexplained"]),
        bands=_lists(data["bands"]["per_10000"]),
        band_edges=tuple(data["bands"]["edges"]),
    )


@cache
def names() -> Names:
    """The names, read once."""
    data = _table("names.toml")
    groups = tuple(
        NameGroup(row["share"], row["eal"], tuple(row["girls"]), tuple(row["boys"]), tuple(row["surnames"]))
        for row in data["group"]
    )
    return Names(tuple(data["trees"]), tuple(data["houses"]), groups)
