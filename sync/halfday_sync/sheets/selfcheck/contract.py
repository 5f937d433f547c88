"""The list of calls with what is expected of each (`contract.toml`), and the comparison of an answer with it. Pure."""

import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

ANY, NONE, LIST, HAS = "<any>", "<none>", "<list>", "<has "
FIRST, AMONG = "<first>", "<among>"
_HOSTS = {"S/": "https://sheets.googleapis.com/", "D/": "https://www.googleapis.com/"}
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One call.

    Attributes:
        id: how it is known, and `what` is promised by it, in words.
        ask: the method and the address, which begins with S/ (Sheets) or D/ (Drive).
        body: JSON, or nothing.
        parts: the questions of a batch.
        status: the HTTP status that is expected, and `expect` what the answer must hold; as text, with `$` words.
        says: who says so.
        only_look: nobody does: nothing is judged.
    """

    id: str
    what: str
    ask: str
    body: str = ""
    parts: tuple[str, ...] = ()
    status: int = 200
    expect: str = '"<any>"'
    says: str = ""
    only_look: bool = False

    @property
    def method(self) -> str:
        """Its HTTP method."""
        return self.ask.split(" ", 1)[0]

    def filled(self, words: Mapping[str, str]) -> "Step":
        """The same with what the `$` words stand for."""
        return Step(
            self.id,
            self.what,
            _filled(self.ask, words),
            _filled(self.body, words),
            tuple(_filled(part, words) for part in self.parts),
            self.status,
            _filled(self.expect, words),
            self.says,
            self.only_look,
        )

    def faults(self, status: int, answer: object) -> tuple[str, ...]:
        """How an answer differs from what is expected, a line each; nothing is expected of a mere look."""
        if self.only_look:
            return ()
        wrong = () if status == self.status else (f"the status is {status}, not {self.status}",)
        return (*wrong, *differences(json.loads(self.expect), answer))


@dataclass(frozen=True, slots=True)
class Contract:
    """All of it.

    Attributes:
        steps: in their order; later ones build on earlier ones.
        tabs: the tabs that are made: the titles that each may have, by its number.
        by_hand: what only a person can try.
    """

    steps: tuple[Step, ...]
    tabs: Mapping[int, tuple[str, ...]]
    by_hand: tuple[str, ...]


@cache
def contract() -> Contract:
    """The contract of this version."""
    told = tomllib.loads((resources.files(__package__) / "contract.toml").read_text(encoding="utf-8"))
    steps = tuple(Step(**{**row, "parts": tuple(row.get("parts", ()))}) for row in told["step"])
    tabs = {int(number): tuple(titles) for number, titles in told["tabs"].items()}
    return Contract(steps, tabs, tuple(row["what"] for row in told["by_hand"]))


def address(ask: str) -> tuple[str, str]:
    """The method and the whole address of a question.

    >>> address("GET S/v4/spreadsheets/1")
    ('GET', 'https://sheets.googleapis.com/v4/spreadsheets/1')
    """
    method, _, path = ask.partition(" ")
    return method, _HOSTS[path[:2]] + path[2:]


def differences(expected: object, found: object, at: str = "") -> Iterator[str]:
    """Where an answer is not as expected, in words.

    >>> list(differences({"a": [1, "<any>"], "b": "<none>"}, {"a": [2, 3], "b": 0}))
    ['a[0] is 2, not 1', 'b is 0, and should not be there']
    >>> list(differences(["<among>", {"id": 2}], [{"id": 1}, {"id": 2, "more": 1}]))
    []
    """
    place = at or "the answer"
    if expected == ANY:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from _members(expected, found, at)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _items(expected, found, at)
    elif expected == LIST:
        if not isinstance(found, list):
            yield f"{place} is {_shown(found)}, not a list"
    elif isinstance(expected, str) and expected.startswith(HAS):
        words = expected.removeprefix(HAS).removesuffix(">")
        if not isinstance(found, str) or words.casefold() not in found.casefold():
            yield f"{place} is {_shown(found)}, without {words!r}"
    elif not _same(expected, found):
        yield f"{place} is {_shown(found)}, not {_shown(expected)}"


def _members(expected: Mapping[str, object], found: Mapping[str, object], at: str) -> Iterator[str]:
    for name, one in expected.items():
        place = f"{at}.{name}" if at else name
        if one == NONE:
            if name in found:
                yield f"{place} is {_shown(found[name])}, and should not be there"
        elif name not in found:
            yield f"{place} is missing"
        else:
            yield from differences(one, found[name], place)


def _items(expected: Sequence[object], found: Sequence[object], at: str) -> Iterator[str]:
    if expected[:1] == [AMONG]:
        for one in expected[1:]:
            yield from _nearest(one, found, at)
        return
    begins = expected[:1] == [FIRST]
    wanted = expected[1:] if begins else expected
    if len(found) < len(wanted) or (len(found) > len(wanted) and not begins):
        yield f"{at or 'the answer'} has {len(found)} items, not {len(wanted)}"
        return
    for number, (one, each) in enumerate(zip(wanted, found, strict=False)):
        yield from differences(one, each, f"{at}[{number}]")


def _nearest(expected: object, found: Sequence[object], at: str) -> Iterator[str]:
    """How the item that is most likely meant differs: the one in which the first member is right, if one is."""
    named = dict([next(iter(expected.items()))]) if isinstance(expected, dict) else expected
    meant = [number for number, one in enumerate(found) if not [*differences(named, one)]] or range(len(found))
    each = (list(differences(expected, found[number], f"{at}[{number}]")) for number in meant)
    nearest = min(each, key=len, default=None)
    yield from [f"{at or 'the answer'} is empty"] if nearest is None else nearest


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-9)
    return expected == found


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _filled(text: str, words: Mapping[str, str]) -> str:
    for name in sorted(words, key=len, reverse=True):
        text = text.replace(f"${name}", words[name])
    return text
