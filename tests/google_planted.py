"""Bugs planted into the emulator: each must be caught, or the tests would trust an emulator that is wrong.

A plant is one small change of one function's text. It is made in the running function, so whoever imported it sees it,
and one that no longer finds its place fails. `caught` says which check finds it: a conversation of the recordings
(tier A), Google's description of its services (tier B), or a fact that somebody told (tier C).
"""

import inspect
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

from tests import google_recordings, google_replay
from tests.google_emulator import Google, UnlikeGoogleError, serve
from tests.google_facts import facts, trials
from tests.google_facts.desk import desk

A, B, C = TIERS = ("A", "B", "C")
_FILE = Path(__file__).parent / "data" / "google_plants.toml"


@dataclass(frozen=True)
class Plant:
    """A bug.

    Attributes:
        what: the emulator that has it.
        where: module and function.
        old: a part of the function's text, there once, and `new` in its place.
        tier: which check must find it, and `by`: the conversation, or the fact, with which it does.
    """

    what: str
    where: str
    old: str
    new: str
    tier: str
    by: str


class NoPlaceError(LookupError):
    """The function is not as it was when the bug was thought out."""


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    """The emulator with the bug.

    Raises:
        NoPlaceError: the text to change is not there, or not once.
    """
    function = _function(plant.where)
    before = function.__code__
    function.__code__ = _changed(plant, function)
    try:
        yield
    finally:
        function.__code__ = before


def _function(where: str) -> FunctionType:
    module, _, path = where.partition(":")
    found: object = import_module(f"tests.google_emulator.{module}")
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    if not isinstance(found, FunctionType):
        raise NoPlaceError(f"{where} is no function")
    return found


def _changed(plant: Plant, function: FunctionType) -> CodeType:
    text = textwrap.dedent(inspect.getsource(function))
    if text.count(plant.old) != 1:
        raise NoPlaceError(f"{plant.where}: {text.count(plant.old)} times {plant.old!r}")
    whole = compile(text.replace(plant.old, plant.new), function.__code__.co_filename, "exec")
    (code,) = (one for one in _inside(whole) if one.co_name == function.__name__)
    if code.co_freevars != function.__code__.co_freevars:
        raise NoPlaceError(f"{plant.where} holds on to other names")
    return code


def _inside(code: CodeType) -> Iterator[CodeType]:
    """The functions defined on the first level."""
    return (one for one in code.co_consts if isinstance(one, CodeType))


@cache
def conversations() -> dict[str, google_replay.Conversation]:
    return {one.case: one for one in google_replay.conversations(google_recordings.recorded())}


def finds(tier: str, by: str) -> str:
    """What a check finds wrong with the emulator as it is now; empty: nothing."""
    try:
        return _replayed(by) if tier == A else _tried(by, to_its_end=tier == C)
    except UnlikeGoogleError as fault:
        return f"{B}: {fault}"
    except (AssertionError, LookupError, TypeError, ValueError, HTTPException, OSError) as fault:
        return f"{C}: {fault!r}"


def _replayed(case: str) -> str:
    conversation = conversations()[case]
    with serve(Google()) as base, google_replay.asking(base) as ask:
        differences = google_replay.replay(conversation, ask)
    return f"{A}: {differences[0]}" if differences else ""


def _tried(fact_id: str, *, to_its_end: bool = True) -> str:
    """Tries a fact. Google's description has its say only at the end, so for its sake the trial's own word is left."""
    (fact,) = (one for one in facts() if one.id == fact_id)
    with desk() as at, nullcontext() if to_its_end else suppress(AssertionError, LookupError, TypeError):
        trials()[fact.test](at)
    return ""


PLANTS = tuple(Plant(**row) for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["plant"])
