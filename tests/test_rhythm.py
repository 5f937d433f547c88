"""A class has its own rhythm: marks are expected when it has them as a rule, from its first one on."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from halfday.register import SESSIONS, SessionKey
from halfday.rhythm import Rhythm

KEYS = [
    SessionKey(day, half)
    for n in range(28)
    if (day := date(2025, 9, 1) + timedelta(days=n)).weekday() < 5
    for half in SESSIONS
]
KINDS = sorted({(key.date.weekday(), key.session) for key in KEYS})


@given(st.sets(st.sampled_from(KINDS), min_size=1), st.data())
def test_whatever_a_class_s_week_is_a_single_lost_session_is_found_and_nothing_else(
    week: set[tuple[int, str]], data: st.DataObject
) -> None:
    comes = [key for key in KEYS if (key.date.weekday(), key.session) in week]
    lost = data.draw(st.sampled_from(comes[1:]))
    rhythm = Rhythm(KEYS, [key for key in comes if key != lost])
    away = [key for key in KEYS if key not in comes or key == lost]
    assert [key for key in away if rhythm.expects(key)] == [lost]


def test_nothing_is_expected_before_the_first_mark_nor_where_there_is_none() -> None:
    assert not any(map(Rhythm(KEYS, []).expects, KEYS))
    late = Rhythm(KEYS, KEYS[20:])
    assert not any(map(late.expects, KEYS[:20]))
    assert all(map(late.expects, KEYS[20:]))
