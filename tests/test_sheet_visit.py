"""A visit: three calls, two where nothing changed; whatever goes wrong, nothing is written twice or unsafely."""

import json
from collections.abc import Callable

import pytest
from tests.google_emulator import Fault, before, drop_after, drop_before, status
from tests.google_school import HEAD, OWNER
from tests.sheet_desk import NUMBERS, Desk, desk, pupil, school, tracker

from halfday_sync.errors import HalfdayError, SafetyError
from halfday_sync.sheets import visit
from halfday_sync.sheets.sharing import FRESH
from halfday_sync.sheets.stamps import Known, check, judged
from halfday_sync.sheets.telling import UnknownOutcomeError

ROWS = tuple(pupil(number) for number in range(1, 6))
CHANGED = (pupil(1, "Persistent", 0.88), *ROWS[1:])
WRITE = "POST /v4/spreadsheets"


def kinds(kept: Desk) -> list[str]:
    """What was asked since, by kind."""
    paths = [one.split("?")[0].rpartition("/")[2].rpartition(":") for one in kept.copy.asked()]
    kept.copy.google.calls.clear()
    names = {"v3": "access", "batchUpdate": "change"}
    return ["fill" if start == "values" else names.get(end, "read") for start, _, end in paths]


def stamp(kept: Desk) -> object:
    return kept.copy.google.cell(kept.copy.book, "Summary", 1, 0)


def loaded(kept: Desk) -> None:
    kept.sync(school(*ROWS))
    kept.copy.google.calls.clear()


def test_a_sync_is_three_calls_and_two_where_nothing_changed() -> None:
    with desk() as kept:
        kept.sync(school(*ROWS))
        assert kinds(kept) == ["access", "read", "change"]
        assert stamp(kept) == kept.sent.stamp
        kept.sync(school(*ROWS))
        assert kinds(kept) == ["access", "read"]
        assert stamp(kept) == kept.sent.stamp
        assert kept.sync(school(*CHANGED)).changed == {"tracker": 2}
        assert kinds(kept) == ["access", "read", "change"]
        assert stamp(kept) == kept.sent.stamp


def test_a_first_load_too_large_for_one_call_is_structure_then_values_then_the_stamp() -> None:
    with desk() as kept:
        kept.at_once = 10
        kept.sync(school(*ROWS))
        assert kinds(kept) == ["access", "read", "change", "fill", "change"]
        split = [kept.text(tab) for tab in kept.copy.tabs[:3]]
    with desk() as other:
        loaded(other)
        whole = [other.text(tab) for tab in other.copy.tabs[:3]]
    assert split == whole


@pytest.mark.parametrize("at", ["structure", "values", "stamp"])
@pytest.mark.parametrize("how", [drop_before, drop_after], ids=["not made", "made"])
def test_a_first_load_that_is_cut_off_is_gone_on_with_by_the_next_sync(at: str, how: Callable[[], Fault]) -> None:
    with desk() as kept:
        kept.at_once = 10
        which = {"structure": b"addSheet", "values": b"valueInputOption", "stamp": b"halfday 0.6.0"}[at]
        kept.copy.google.fail(lambda call: which in call.body, how(), times=9 if how is drop_before else 1)
        try:
            kept.sync(school(*ROWS))
        except UnknownOutcomeError:
            kept.nothing_goes_wrong()
            kept.sync(school(*ROWS))
        assert stamp(kept) == kept.sent.stamp
        assert kept.text("Tracker")[3][1] == "Pupil 1"
        assert kept.last is not None
        assert kept.last.put_back == 0
        assert len(kept.text("Tracker")) == 3 + len(ROWS)
        assert kept.sync(school(*ROWS)).is_empty


def test_a_change_whose_answer_was_lost_after_it_was_made_counts_as_made() -> None:
    with desk() as kept:
        loaded(kept)
        kept.copy.google.fail(WRITE, drop_after())
        kept.sync(school(*CHANGED))
        assert kinds(kept) == ["access", "read", "change", "read"]
        assert stamp(kept) == kept.sent.stamp
        assert kept.sync(school(*CHANGED)).is_empty


@pytest.mark.parametrize("fault", [drop_before(), status(503, html=True), status(500)], ids=["lost", "503 page", "500"])
def test_a_change_that_was_not_made_is_sent_again_where_that_can_do_no_harm(fault: Fault) -> None:
    with desk() as kept:
        loaded(kept)
        kept.copy.google.fail(WRITE, fault)
        kept.sync(school(*CHANGED))
        assert kinds(kept) == ["access", "read", "change", "read", "change"]
        assert kept.copy.google.cell(kept.copy.book, "Tracker", 3, 2) == "Persistent"


def test_the_first_load_is_sent_again_for_google_would_refuse_it_twice() -> None:
    with desk() as kept:
        kept.copy.google.fail(WRITE, status(503, html=True))
        kept.sync(school(*ROWS))
        assert kinds(kept) == ["access", "read", "change", "read", "change"]
        assert kept.copy.tabs == ["Summary", "Tracker", "Actions overdue", "Sheet1"]


@pytest.mark.parametrize("how", [drop_before, drop_after], ids=["not made", "made"])
def test_a_change_that_moves_rows_is_never_sent_twice_and_the_next_sync_sees_what_became_of_it(
    how: Callable[[], Fault],
) -> None:
    with desk() as kept:
        loaded(kept)
        kept.copy.google.fail(WRITE, how())
        more = (*ROWS[:2], pupil(77), *ROWS[2:])
        if how is drop_before:
            with pytest.raises(UnknownOutcomeError):
                kept.sync(school(*more))
            assert kinds(kept) == ["access", "read", "change", "read"]
        kept.sync(school(*more))
        keys = [row[0] for row in kept.text("Tracker")[3:]]
        assert keys == ["P1", "P2", "P77", "P3", "P4", "P5"]
        assert kept.sync(school(*more)).is_empty


def test_a_sync_that_was_killed_after_google_had_it_is_known_again_by_its_stamp() -> None:
    with desk() as kept:
        loaded(kept)
        looked = visit.look(kept.line, kept.gate, NUMBERS)
        made = kept.plan(school(*CHANGED), looked.seen)
        kept.pending[made.stamp] = made.sent_now
        visit.write(kept.line, kept.gate, looked, made)
        assert kept.sent.stamp != made.stamp  # killed before it could be noted
        assert kept.sync(school(*CHANGED)).is_empty
        assert kept.sent.stamp == made.stamp
        assert kept.last is not None
        assert kept.last.put_back == 0


def test_who_has_access_is_looked_at_again_before_a_write_that_comes_late() -> None:
    with desk() as kept:
        loaded(kept)
        gate = kept.gate
        looked = visit.look(kept.line, gate, NUMBERS)
        made = kept.plan(school(*CHANGED), looked.seen)
        began = kept.line.ticks
        kept.line.ticks = lambda: began() + FRESH + 1
        assert looked.is_old(kept.line.ticks())
        kept.copy.google.share(kept.copy.book, "stranger@elsewhere.example", "reader")
        with pytest.raises(SafetyError) as stop:
            visit.write(kept.line, gate, looked, made)
        assert "stranger@elsewhere.example" in stop.value.text()
        assert kept.copy.asked(WRITE) == []
        assert stamp(kept) == kept.sent.stamp


def test_nothing_is_written_where_somebody_has_access_who_should_not() -> None:
    with desk() as kept:
        loaded(kept)
        kept.copy.google.share(kept.copy.book, "", "reader", type="anyone")
        with pytest.raises(SafetyError):
            kept.sync(school(*CHANGED))
        assert kinds(kept) == ["access"]


def test_another_writer_is_found_by_its_stamp() -> None:
    with desk() as kept:
        loaded(kept)
        other = Desk(kept.copy, kept.line, kept.allowed, sent=kept.sent, count=50)
        other.sync(school(*CHANGED))
        with pytest.raises(SafetyError, match="Another computer"):
            kept.sync(school(*ROWS))
        assert stamp(kept) == other.sent.stamp
        kept.sync(school(*ROWS), take_over=True)
        assert kept.copy.google.cell(kept.copy.book, "Tracker", 3, 2) == "At risk"


def test_a_writer_that_comes_in_between_look_and_lost_answer_stops_it() -> None:
    with desk() as kept:
        loaded(kept)
        book = kept.copy.google.books[kept.copy.book]
        guest = kept.copy.google.person(kept.copy.book, OWNER)
        kept.copy.google.fail(WRITE, drop_before())
        kept.copy.google.fail(
            lambda call: call.method == "GET" and "/v4/" in call.url and "numberFormat" not in call.url,
            before(lambda: guest.type("Summary", 1, 0, "halfday 0.6.0 · elsewhere")),
        )
        with pytest.raises(SafetyError, match="Somebody else wrote"):
            kept.sync(school(*CHANGED))
        assert book.content.by_title("Tracker") is not None
        assert kept.copy.google.cell(kept.copy.book, "Tracker", 3, 2) == "At risk"


def test_an_earlier_version_that_was_brought_back_is_found_by_its_stamp() -> None:
    with desk() as kept:
        loaded(kept)
        version = kept.copy.google.version(kept.copy.book)
        kept.sync(school(*CHANGED))
        kept.copy.google.person(kept.copy.book, OWNER).restore(version)
        with pytest.raises(SafetyError, match="earlier version"):
            kept.sync(school(*ROWS))
        kept.sync(school(*ROWS), take_over=True)
        assert stamp(kept) == kept.sent.stamp


@pytest.mark.parametrize(
    ("read", "known", "has_pages", "verdict"),
    [
        ("", Known(), False, "ours"),
        ("", Known(pending=["b"]), True, "ours"),
        ("", Known(), True, "none"),
        ("", Known("a"), True, "none"),
        ("", Known("a"), False, "none"),
        ("a", Known("a"), True, "ours"),
        ("b", Known("a", ["b"]), True, "late"),
        ("z", Known("a", ["b"], ["z"]), True, "earlier"),
        ("x", Known("a", ["b"], ["z"]), True, "another"),
        ("x", Known(), True, "another"),
    ],
)
def test_a_stamp_says_who_wrote_last(read: str, known: Known, has_pages: bool, verdict: str) -> None:  # noqa: FBT001
    assert judged(read, known, has_pages=has_pages) == verdict
    assert check(read, known, has_pages=has_pages, take_over=True) == verdict
    if verdict not in ("ours", "late"):
        with pytest.raises(SafetyError) as stop:
            check(read, known, has_pages=has_pages)
        assert stop.value.now


def test_a_cell_that_slt_wrote_between_two_looks_is_left_for_the_next_sync() -> None:
    with desk() as kept:
        loaded(kept)
        first = kept.seen()
        kept.copy.google.person(kept.copy.book, OWNER).type("Tracker", 3, 5, "Call home")
        to_sheet = {"tracker": {("P1", "agreed"): "Meet", ("P2", "agreed"): "Meet", ("P9", "agreed"): "Meet"}}
        left = visit.unchanged(to_sheet, first, kept.seen())
        assert left == {"tracker": {("P2", "agreed"): "Meet", ("P9", "agreed"): "Meet"}}
        kept.sync(school(*ROWS), left)
        assert [row[5] for row in kept.text("Tracker")[3:5]] == ["Call home", "Meet"]


@pytest.mark.parametrize("how", ["trashed", "deleted", "not shared any more"])
def test_a_file_that_is_gone_stops_in_plain_words_before_anything_is_written(how: str) -> None:
    with desk() as kept:
        loaded(kept)
        google, book = kept.copy.google, kept.copy.book
        if how == "trashed":
            google.trash(book)
        elif how == "deleted":
            google.delete(book)
        else:
            google.unshare(book, kept.line.address)
        with pytest.raises(HalfdayError) as stop:
            kept.sync(school(*CHANGED))
        assert stop.value.now
        assert kept.copy.asked(WRITE) == []


def test_no_words_of_the_sheet_stand_in_what_is_said_when_google_refuses() -> None:
    with desk() as kept:
        loaded(kept)
        kept.copy.google.fail(WRITE, status(400, message="Invalid value: Pupil 1 is Persistent"))
        with pytest.raises(HalfdayError) as stop:
            kept.sync(school(*CHANGED))
        assert "Pupil 1" not in stop.value.text()


def test_every_byte_that_is_written_is_typed_and_no_formula() -> None:
    with desk() as kept:
        hostile = [pupil(at, name=text) for at, text in enumerate(["=1+1", "+1", "@x", "-1", "\tx", "'x", "TRUE", "1"])]
        kept.sync((*school(*ROWS)[:1], tracker(tuple(hostile)), *school(*ROWS)[2:]))
        bodies = [call.body for call in kept.copy.google.calls if call.method == "POST" and "v4" in call.url]
        assert b"formulaValue" not in b"".join(bodies)
        assert b"USER_ENTERED" not in b"".join(bodies)
        names = [kept.copy.google.at(kept.copy.book, "Tracker", 3 + at, 1) for at in range(8)]
        assert [name.value for name in names] == ["=1+1", "+1", "@x", "-1", "\tx", "'x", "TRUE", "1"]
        assert not any(name.formula for name in names)
        assert {json.dumps((name.format or {}).get("numberFormat")) for name in names} == {'{"type": "TEXT"}'}
        assert kept.copy.google.unlike == []
        assert HEAD not in str(bodies)
