"""Whatever Wonde may send in place of a value, the pull gives a snapshot or an error in words: it never falls over."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.source_contract import names
from tests.wonde_pull import source
from tests.wonde_school import little_school
from tests.wonde_service import DETAILS, PLANS, Service

from halfday_sync.errors import SourceError

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("9" * 5000),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["data", "id", "date", "x"]), inside),
    max_leaves=6,
)
LISTS = ("students", "students-leaver", "attendance/session", "attendance-codes", "groups", "deletions")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in an answer."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inside in items for found in _paths(inside, (*path, key)))]


def _rows(wonde: Service, name: str) -> list[Any]:
    rows = wonde._rows(name, {"type": "REGISTRATION"}) or []
    return [wonde._shown(row, [*DETAILS, PLANS]) for row in rows]


@given(name=st.sampled_from(LISTS), where=st.integers(0, 10_000), value=ODD, shown_twice=st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_odd_value_anywhere_gives_a_snapshot_or_an_error_in_words(
    name: str,
    where: int,
    value: Any,
    shown_twice: bool,  # noqa: FBT001
) -> None:
    with Service(little_school(), extra=True) as wonde:
        rows = copy.deepcopy(_rows(wonde, name))
        places = [path for path in _paths(rows) if path]
        *way, last = places[where % len(places)]
        at: Any = rows
        for key in way:
            at = at[key]
        at[last] = value
        wonde.lists[name] = rows * 2 if shown_twice else rows
        try:
            snapshot = source(wonde, per_page=200).pull(None)
        except SourceError as stop:
            told = str(stop)
        else:
            told = " ".join([*snapshot.notes, *(aside.words for aside in snapshot.set_aside)])
        assert not [word for word in names() if word in told]
