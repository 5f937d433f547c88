"""What Google does although nobody recorded it (tier C): the table, and where each entry is tried.

`tests/google_facts.toml` says what, and who says so. The functions of this package try it over HTTP: on the emulator
with every run of the tests, and on a real Google wherever somebody gives a base address and a token.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType

from tests.google_facts.desk import Desk

TABLE = Path(__file__).parent.parent / "google_facts.toml"
MODULES = ("writing", "grid", "hanging", "reading", "sharing", "together", "signing_in")
KINDS = {
    "D": "Google's own documents",
    "I": "an issue that quotes a real answer",
    "R": "a recorded answer",
    "U": "nobody: it is assumed, and first in line for a live run",
}

Trial = Callable[[Desk], None]


@dataclass(frozen=True)
class Fact:
    """A behaviour of Google's.

    Attributes:
        source: who says so, and `quote` in which words; `kind` is one of `KINDS`.
        live: whether a real Google has confirmed it.
    """

    id: str
    rule: str
    kind: str
    source: str
    quote: str
    test: str
    live: bool = False


@cache
def facts() -> tuple[Fact, ...]:
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    known: Mapping[str, str] = told["sources"]
    return tuple(Fact(**{**row, "source": known.get(row["source"], row["source"])}) for row in told["fact"])


@cache
def trials() -> Mapping[str, Trial]:
    """The functions that try a fact, by name."""
    modules = [import_module(f"{__name__}.{name}") for name in MODULES]
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("_")
    }
