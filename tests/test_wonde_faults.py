"""Whatever goes wrong on the way to Wonde: the whole truth comes out, or an error in words, and never half of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.source_contract import names, true_marks
from tests.wonde_pull import NOW, by_admission, ids, marks, site, source
from tests.wonde_school import SCHOOL_ID, little_school
from tests.wonde_service import BREAK_OFF, CUT_OFF, HANG_UP, HTML, REDIRECT, TOKEN, Fault, Service

from halfday_sync.errors import Exit, SettingsError, SourceError, UnreachableError
from halfday_sync.sources.web import RefusedError
from halfday_sync.sources.wonde.settling import PASSES

MARKS = len(true_marks())


def stopped(wonde: Service, **settings: Any) -> str:
    """The error of a pull, which has no name, no token and no query in it."""
    with pytest.raises(SourceError) as stop:
        source(wonde, **settings).pull(None)
    text = str(stop.value)
    assert stop.value.code is Exit.SOURCE
    assert not [word for word in (*names(), TOKEN, "updated_after", "include=") if word in text]
    return text


# pages


@pytest.mark.parametrize("per_page", [1, 7, 49, 50, 146, 147, 200])
@pytest.mark.parametrize("absent", ["fits", "never"])
def test_49_any_size_of_page_gives_every_row_once(per_page: int, absent: str) -> None:
    with Service(little_school(), absent=absent, per_page_text=per_page % 2 == 0) as wonde:
        snapshot = source(wonde, per_page=per_page).pull(None)
    assert (len(snapshot.pupils), len(marks(snapshot))) == (9, MARKS)


def test_49_without_any_paging_a_full_page_is_not_taken_for_the_whole() -> None:
    with Service(little_school(), absent="always") as wonde:
        assert len(marks(source(wonde, per_page=73).pull(None))) == MARKS


@pytest.mark.parametrize("page", [1, 2, 3])
def test_48_an_empty_page_with_a_next_one_is_not_the_end(page: int) -> None:
    with Service(little_school(), empty_page=page) as wonde:
        assert len(marks(source(wonde, per_page=50).pull(None))) == MARKS


def test_48_pulling_twice_with_one_source_gives_the_same() -> None:
    with Service(little_school()) as wonde:
        once = source(wonde)
        assert once.pull(None) == once.pull(None)


def test_pages_that_lead_in_a_circle_stop_the_pull() -> None:
    with Service(little_school(), circle=True) as wonde:
        assert "list of attendance codes leads in a circle" in stopped(wonde, per_page=10)


def test_more_without_a_next_page_stops_the_pull() -> None:
    with Service(little_school()) as wonde:
        wonde._link = lambda *_: None  # type: ignore[assignment,method-assign]
        assert "says that there is more, and not where" in stopped(wonde)


def test_a_next_page_on_another_computer_is_never_asked() -> None:
    with Service(little_school()) as wonde, Service(little_school()) as other:
        wonde._link = lambda *_: f"{other.address}schools/{SCHOOL_ID}/attendance/session"  # type: ignore[method-assign]
        assert "link to another computer" in stopped(wonde)
        assert other.asked == []


def test_fewer_rows_than_the_service_counts_are_read_again_and_never_believed() -> None:
    with Service(little_school(), totals=True) as wonde:
        assert len(marks(source(wonde).pull(None))) == MARKS
        rows = [wonde._shown_mark(mark) for mark in wonde.school.marks.values()]
        wonde.lists |= {"attendance/session": Short(rows), "attendance-leavers/session": []}
        assert len(marks(source(wonde).pull(None))) == MARKS - 5, "twice the same: the count is wrong, not the rows"


class Short(list[Any]):
    """A list that says that it is longer."""

    def __len__(self) -> int:
        return super().__len__() + 5

    def __getitem__(self, at: Any) -> Any:
        return super().__getitem__(slice(at.start, min(at.stop, len(self) - 10)))


@pytest.mark.parametrize("order", ["newest last", "newest first"])
@pytest.mark.parametrize("number", range(6, 13))
def test_pages_that_shift_while_a_mark_is_changed_lose_no_mark(order: str, number: int) -> None:
    with Service(little_school(), order=order) as wonde:
        student = by_admission(wonde, "001805")
        changed = wonde.school.mark(student, date(2025, 9, 2), "AM")
        wonde.before[number] = lambda: wonde.school.amend(changed.id, "I", NOW)
        found = marks(source(wonde, per_page=20).pull(None))
        again = marks(source(wonde, per_page=20).pull(NOW))
    assert len(found) == MARKS
    assert (found | again)["001805", date(2025, 9, 2), "AM"] == "I"


def test_marks_that_never_hold_still_are_left_for_the_next_run() -> None:
    with Service(little_school(), order="newest last") as wonde:
        all_marks = list(wonde.school.marks)

        def restless(path: str) -> None:
            if "attendance/session" in path and "page=2" in path:
                wonde.school.amend(all_marks[len(wonde.asked) % 9], "I", NOW)

        wonde.always = restless
        with pytest.raises(UnreachableError, match="were being changed all the while"):
            source(wonde).pull(None)
        first_pages = [path for path in wonde.asked if "attendance/session" in path and "&page=" not in path]
        assert len(first_pages) == PASSES


def test_a_row_that_is_always_told_twice_does_not_stop_anything() -> None:
    with Service(little_school()) as wonde:
        rows = [wonde._shown_mark(mark) for mark in wonde.school.marks.values()]
        wonde.lists |= {"attendance/session": [*rows, *rows[:3]], "attendance-leavers/session": []}
        assert len(marks(source(wonde).pull(None))) == MARKS


def test_a_child_who_leaves_between_the_two_lists_is_in_the_snapshot_once() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "001805")
        wonde.before[4] = lambda: wonde.school.leave(student, date(2025, 9, 12))
        snapshot = source(wonde).pull(None)
    assert len(snapshot.pupils) == 9
    assert len(marks(snapshot)) == MARKS


# transport


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429),
        Fault(429, retry_after="7"),
        Fault(500),
        Fault(503),
        Fault(520),
        HANG_UP,
        BREAK_OFF,
        CUT_OFF,
    ],
    ids=lambda fault: f"{fault.kind} {fault.status} {fault.retry_after}".strip(),
)
def test_50_what_passes_is_tried_again_wherever_it_happens(fault: Fault) -> None:
    with Service(little_school()) as wonde:
        source(wonde).pull(None)
        for number in range(1, len(wonde.asked) + 1):
            wonde.asked.clear()
            wonde.faults = {number: fault}
            waits: list[float] = []
            assert len(marks(source(wonde, site(waits=waits)).pull(None))) == MARKS
            assert len(waits) == 1
            assert waits[0] >= (7 if fault.retry_after else 1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(429), "asks for a longer pause between requests (429)"),
        (Fault(500), "has trouble of its own (500)"),
        (HANG_UP, "broke off"),
        (BREAK_OFF, "broke off"),
        (CUT_OFF, "cut off or is not JSON"),
        (HTML, "a web page came back"),
        (REDIRECT, "a web page came back"),
        (Fault(401), "does not accept the key that was given (401)"),
        (Fault(404), "under this address (404)"),
        (Fault(422), "does not understand what we asked for"),
        (Fault(418), "refused to give"),
    ],
    ids=lambda value: f"{value.kind} {value.status}" if isinstance(value, Fault) else "",
)
def test_50_what_stays_stops_the_pull_at_any_request_with_nothing_half(fault: Fault, told: str) -> None:
    with Service(little_school()) as wonde:
        source(wonde).pull(None)
        for number in range(1, len(wonde.asked) + 1):
            wonde.asked.clear()
            wonde.always = lambda _path, first=number: fault if len(wonde.asked) >= first else None  # type: ignore[misc]
            text = stopped(wonde)
            assert told in text
            assert "Nothing was changed." in text


def test_51_a_token_that_is_taken_back_midway_stops_the_pull() -> None:
    with Service(little_school()) as wonde:
        wonde.before[6] = lambda: setattr(wonde, "token", None)
        text = stopped(wonde)
    assert "Give the new one; 'halfday init' asks for it." in text


def test_a_service_that_asks_for_an_hour_is_left_for_the_next_run_without_waiting() -> None:
    with Service(little_school(), always=lambda _: Fault(429, retry_after="3600")) as wonde:
        waits: list[float] = []
        with pytest.raises(UnreachableError):
            source(wonde, site(waits=waits)).pull(None)
        assert (len(wonde.asked), waits) == (1, [])


# what may not be read


def test_47_an_empty_answer_from_the_wrong_regions_address_is_an_error_in_words() -> None:
    with Service(little_school(), wrong_region=True) as wonde:
        text = stopped(wonde)
    assert "The school may be in another region" in text
    assert "https://api-ap-southeast-2.wonde.com/v1.0/" in text


def test_47_the_regions_own_address_is_told_where_it_is_another() -> None:
    with Service(little_school()) as wonde:
        wonde.school.about["region"]["domain"] = "api-af-south-1.wonde.com"
        text = stopped(wonde)
    assert 'address = "https://api-af-south-1.wonde.com/v1.0/"' in text


def test_47_a_school_without_any_pupil_on_roll_is_an_error_though_it_has_leavers() -> None:
    with Service(little_school()) as wonde:
        wonde.lists |= {"students": []}
        assert "Wonde lists no pupil at all" in stopped(wonde)
        wonde.lists |= {"students-leaver": []}
        assert "Wonde lists no pupil at all" in stopped(wonde)


def test_another_school_id_is_an_error() -> None:
    with Service(little_school()) as wonde:
        assert "Wonde does not find the school under this address (404)" in stopped(wonde, school_id="A1")


@pytest.mark.parametrize("lists", [{"students"}, {"attendance/session"}, {"attendance-codes"}])
def test_46_without_what_is_needed_nothing_is_given_and_the_permission_is_named(lists: set[str]) -> None:
    with Service(little_school(), forbidden=lists) as wonde:
        assert "at the school to approve reading" in stopped(wonde)


def test_46_where_leavers_may_not_be_read_nobody_is_taken_to_have_left_and_that_is_said() -> None:
    with Service(little_school(), forbidden={"students-leaver", "attendance-leavers/session"}) as wonde:
        snapshot = source(wonde).pull(None)
    assert not snapshot.complete
    assert not snapshot.every_session
    assert len(snapshot.pupils) == 8
    loud = [said.partition(" MAY NOT BE READ")[0] for said in snapshot.notes if "MAY NOT BE READ" in said]
    assert loud == ["THE LIST OF LEAVERS", "THE MARKS OF LEAVERS"]


def test_46_leavers_marks_without_the_list_of_leavers_are_left_out_with_a_note() -> None:
    with Service(little_school(), forbidden={"students-leaver"}) as wonde:
        snapshot = source(wonde).pull(None)
    assert not snapshot.complete
    assert len(marks(snapshot)) == MARKS - 10
    assert "10 marks of children who are in no list were left out" in snapshot.notes


@pytest.mark.parametrize("optional", ["groups", "deletions"])
def test_46_what_is_not_needed_may_be_missing(optional: str) -> None:
    with Service(little_school(), forbidden={optional}) as wonde:
        for record in wonde.school.students.values():
            record["registration"] = {"data": None}
        snapshot = source(wonde).pull(None)
    assert snapshot.complete
    assert len(marks(snapshot)) == MARKS


@pytest.mark.parametrize(
    "body", [[], {}, {"data": None}, {"data": {"id": "A1"}}, {"data": ["A1"]}, "words", None, 7], ids=str
)
def test_a_shape_that_nobody_knows_stops_the_pull(body: Any) -> None:
    with Service(little_school()) as wonde:
        page: Callable[..., Any] = lambda *_: body  # noqa: E731
        wonde._page = page  # type: ignore[method-assign]
        assert "in a way that we do not know" in stopped(wonde)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://api.wonde.com/v1.0/", "begins with http://"),
        ("api.wonde.com/v1.0", "is not one"),
        ("ftp://api.wonde.com/", "is not one"),
        ("https://user:word@api.wonde.com/", "holds a user name or a password"),
        ("https://[::1/", "is not one"),
        ("https://api.wonde.com:port/", "is not one"),
    ],
)
def test_an_address_that_would_give_pupils_or_the_token_away_is_refused(address: str, told: str) -> None:
    with Service(little_school()) as wonde, pytest.raises(SettingsError, match=told):
        source(wonde, address=address)


def test_a_refusal_says_which_status_it_was() -> None:
    with Service(little_school(), forbidden={"students"}) as wonde, pytest.raises(RefusedError) as stop:
        source(wonde).pull(None)
    assert stop.value.status == 403
    assert ids(wonde)
