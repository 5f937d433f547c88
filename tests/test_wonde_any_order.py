"""Edits, pages and faults in any order: Wonde's true register comes out, or an error; never anything else.

While somebody edits, a pull may find a mark as it was before or after the edit, which are both true of the time of the
pull. The next pull, asking for what changed, must have every edit.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wonde_pull import NOW, ids, marks, site, source
from tests.wonde_school import School, little_school
from tests.wonde_service import BREAK_OFF, CUT_OFF, HANG_UP, HTML, Fault, Service

from halfday_sync.errors import SourceError

Key = tuple[str, date, str]
FAULTS = (Fault(429), Fault(429, retry_after="3"), Fault(500), HANG_UP, BREAK_OFF, CUT_OFF, HTML, Fault(401))
LONGEST = 40
"""Requests among which things happen: three readings of every list at 20 rows a page."""
COMING = date(2025, 9, 15)


class History:
    """Every code that a mark has had, while it is edited."""

    def __init__(self, school: School) -> None:
        self.school, self.clock = school, NOW
        self.had: dict[Key, set[str]] = {key: {code} for key, code in school.true_marks().items()}
        self.from_the_start = set(self.had)

    def amend(self, number: int, code: str) -> None:
        self.clock += timedelta(seconds=1)
        mark = list(self.school.marks.values())[number % len(self.school.marks)]
        self.school.amend(mark.id, code, self.clock)
        self.had[mark.student, mark.day, mark.session].add(code)

    def write(self, number: int, code: str) -> None:
        self.clock += timedelta(seconds=1)
        student = list(self.school.students)[number % len(self.school.students)]
        session = "AM" if number % 2 else "PM"
        if (student, COMING, session) not in self.had:
            self.school.write(student, COMING, session, code, self.clock)
            self.had[student, COMING, session] = {code}

    def leave(self, number: int, _code: str) -> None:
        if len(self.school.students) > 4:
            self.school.leave(list(self.school.students)[number % len(self.school.students)], date(2025, 9, 12))


Edit = Callable[[History], None]
edits = st.builds(
    lambda what, number, code: lambda history: getattr(history, what)(number, code),
    st.sampled_from(["amend", "amend", "amend", "write", "leave"]),
    st.integers(0, 200),
    st.sampled_from(["I", "N", "/", "C2", "-"]),
)


@given(
    when=st.dictionaries(st.integers(1, LONGEST), edits, max_size=8),
    faults=st.dictionaries(st.integers(1, LONGEST), st.sampled_from(FAULTS), max_size=4),
    order=st.sampled_from(["stable", "newest last", "newest first"]),
    per_page=st.sampled_from([7, 20, 50, 200]),
    absent=st.sampled_from(["fits", "never"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_edits_pages_and_faults_in_any_order_give_the_true_register_or_an_error(
    when: dict[int, Edit], faults: dict[int, Fault], order: str, per_page: int, absent: str
) -> None:
    with Service(little_school(), order=order, absent=absent, faults=faults) as wonde:
        history = History(wonde.school)
        our_id = ids(wonde)
        wonde.before = {number: (lambda edit=edit: edit(history)) for number, edit in when.items()}  # type: ignore[misc]
        try:
            snapshot = source(wonde, per_page=per_page).pull(None)
        except SourceError:
            wonde.faults, wonde.before = {}, {}
            snapshot = source(wonde, per_page=per_page).pull(None)
        found = marks(snapshot)
        had = {(our_id[student], *rest): codes for (student, *rest), codes in history.had.items()}
        assert {key for key, code in found.items() if code not in had.get(key, set())} == set(), "nothing else"
        at_the_start = {(our_id[student], *rest) for student, *rest in history.from_the_start}
        assert at_the_start <= found.keys(), "nothing lost"
        assert {one.pupil_id for one in snapshot.pupils} == set(our_id.values())

        wonde.faults, wonde.before = {}, {}
        quiet = site(today=COMING, now=history.clock + timedelta(hours=6))
        then = found | marks(source(wonde, quiet, per_page=per_page).pull(NOW))
        assert then == {(our_id[who], *rest): code for (who, *rest), code in wonde.school.true_marks().items()}


@pytest.mark.parametrize("order", ["newest last", "newest first"])
def test_every_moment_of_one_edit_is_safe(order: str) -> None:
    """Exhaustive where hypothesis samples: one edit of the first, a middle and the last mark before every request."""
    for number in range(1, 16):
        for which in (0, 70, 145):
            with Service(little_school(), order=order) as wonde:
                edited = list(wonde.school.marks)[which]
                wonde.before[number] = lambda wonde=wonde, edited=edited: wonde.school.amend(edited, "I", NOW)  # type: ignore[misc]
                found = marks(source(wonde, per_page=30).pull(None))
                assert len(found) == 156, f"an edit of mark {which} before request {number}"


def test_the_time_of_the_pull_is_the_time_it_began() -> None:
    with Service(little_school()) as wonde:
        assert source(wonde).pull(None).as_of == NOW == datetime(2025, 9, 15, 6, 15, tzinfo=UTC)
