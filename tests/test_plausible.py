"""What a snapshot cannot be, and what an ordinary bad day may be. Each threshold is tried on both sides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from halfday import codes
from halfday.register import Pupil, Register, SessionKey
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.receiving.plausible import check
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store, StoredFacts

SIZE = 100
PUPILS = tuple(Pupil(f"P{number:03}", surname="Secret") for number in range(SIZE))
IDS = tuple(pupil.pupil_id for pupil in PUPILS)
DAYS = tuple(day for day in (date(2025, 9, 1) + timedelta(days=number) for number in range(80)) if day.weekday() < 5)[
    :50
]
LAST, TODAY = DAYS[-1], DAYS[-1] + timedelta(days=3)
Rows = dict[date, bytes]


def of(code: str) -> int:
    return codes.code_id(code, LAST)


PLAIN = bytes([of("/")]) * 93 + bytes([of("I")]) * 5 + bytes([of("N")]) * 2
ORDINARY: Rows = dict.fromkeys(DAYS, PLAIN)


def snapshot(rows: Mapping[date, bytes], pupils: tuple[Pupil, ...] = PUPILS, **more: object) -> Snapshot:
    days = sorted(rows)
    keys = tuple(SessionKey(day, session) for day in days for session in ("AM", "PM"))
    register = Register(IDS, keys, tuple(rows[day] for day in days for _ in range(2)))
    return Snapshot(pupils, register, **more)  # type: ignore[arg-type]


BEFORE = StoredFacts(PUPILS, snapshot(ORDINARY).register)


def problems(told: Snapshot, before: StoredFacts = BEFORE, as_of: date = TODAY) -> tuple[str, ...]:
    found = words(doubts(told, before, as_of))
    assert not any("Secret" in line or "P0" in line for line in found), "counts, never names"
    return found


def doubts(told: Snapshot, before: StoredFacts = BEFORE, as_of: date = TODAY) -> tuple[Doubt, ...]:
    return check(told, before=before, as_of=as_of)


def words(found: tuple[Doubt, ...]) -> tuple[str, ...]:
    assert len({doubt.key for doubt in found}) == len(found), "each is answered by itself"
    return tuple(doubt.words for doubt in found)


def with_codes(row: bytes, code: str, count: int) -> bytes:
    return bytes([of(code)]) * count + row[count:]


def test_the_same_again_and_one_more_day_are_plausible() -> None:
    assert problems(snapshot(ORDINARY)) == ()
    assert problems(snapshot({**ORDINARY, TODAY: PLAIN})) == ()
    assert problems(snapshot(ORDINARY), StoredFacts()) == ()


class TestRoll:
    def test_no_pupils(self) -> None:
        assert problems(snapshot(ORDINARY, ())) == ("The source gives no pupils; 100 were on roll.",)

    @pytest.mark.parametrize(("left", "share"), [(10, 0), (11, 10), (20, 10), (21, 20)])
    def test_more_than_a_tenth_gone(self, left: int, share: int) -> None:
        found = problems(snapshot(ORDINARY, PUPILS[left:]))
        start = f"The roll would shrink from 100 to {100 - left} pupils, by more than "
        assert found == ((f"{start}{share} %, without leaving dates.",) if share else ())

    @pytest.mark.parametrize(("left", "stops"), [(2, False), (3, True)])
    def test_of_a_small_school_a_fifth(self, left: int, stops: bool) -> None:  # noqa: FBT001
        few = replace(BEFORE, pupils=PUPILS[:14])
        assert bool(problems(snapshot(ORDINARY, PUPILS[left:14]), few)) is stops

    def test_who_is_gone_is_what_a_person_answers(self) -> None:
        (one,), (other,) = doubts(snapshot(ORDINARY, PUPILS[15:])), doubts(snapshot(ORDINARY, PUPILS[:-15]))
        assert one.can_be_accepted
        assert one.bound("wonde").key != other.bound("wonde").key
        assert one.bound("wonde").key != one.bound("folder").key
        assert doubts(snapshot(ORDINARY, PUPILS[15:]))[0].bound("wonde").key == one.bound("wonde").key

    def test_the_same_number_of_other_children(self) -> None:
        others = tuple(Pupil(f"Q{number}") for number in range(51))
        assert problems(snapshot(ORDINARY, PUPILS[50:] + others[:50])) == ()
        (found,) = problems(snapshot(ORDINARY, PUPILS[51:] + others))
        assert found.startswith("51 of 100 pupils are not in the source, and others are in their place")

    def test_leavers_with_a_date_joiners_and_earlier_leavers_do_not_count(self) -> None:
        dated = tuple(replace(pupil, end_date=LAST) for pupil in PUPILS[:40])
        assert problems(snapshot(ORDINARY, dated + PUPILS[40:])) == ()
        assert problems(snapshot(ORDINARY, PUPILS[40:] + tuple(Pupil(f"Q{number}") for number in range(30)))) == ()
        assert problems(snapshot(ORDINARY, PUPILS[40:]), replace(BEFORE, unlisted=frozenset(IDS[:40]))) == ()

    def test_everyone_has_left(self) -> None:
        found = problems(snapshot(ORDINARY, tuple(replace(pupil, end_date=LAST) for pupil in PUPILS)))
        assert len(found) == 1
        assert "not one of them is on roll" in found[0]

    def test_an_incomplete_snapshot_may_be_small_or_empty(self) -> None:
        assert problems(snapshot(ORDINARY, PUPILS[:5], complete=False)) == ()
        assert problems(snapshot({}, (), complete=False)) == ()


CHILD = Pupil(
    "P000", upn="A99900000001", surname="Secret", forename="Zoe", dob=date(2015, 3, 3), class_name="Ash", year_group="3"
)
NOBODY_KNOWN = replace(CHILD, upn="", dob=None)
TWIN = replace(CHILD, pupil_id="P001", upn="A99900000002", forename="Max")


class TestOtherChildren:
    """An id that means another child than before would take everything written under it along."""

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            (CHILD, replace(CHILD, upn="A99900000009", surname="Other", dob=date(2014, 1, 1))),
            (CHILD, replace(CHILD, upn="", surname="Other", dob=date(2014, 1, 1))),
            (CHILD, replace(CHILD, upn="A99900000009", forename="Ben", dob=date(2014, 1, 1))),
            (CHILD, replace(CHILD, upn="A99900000009", surname="Other", forename="Ben", dob=None)),
            (NOBODY_KNOWN, replace(NOBODY_KNOWN, surname="Other", forename="Ben")),
        ],
    )
    def test_another_child(self, was: Pupil, now: Pupil) -> None:
        told = snapshot(ORDINARY, (now, *PUPILS[1:]))
        found = words(doubts(told, replace(BEFORE, pupils=(was, *PUPILS[1:]))))
        assert found == ("These IDs belong to other children than before: P000.",)

    @pytest.mark.parametrize(
        "now",
        [
            replace(CHILD, class_name="Birch", year_group="4"),
            replace(CHILD, upn="A99900000009"),
            replace(CHILD, upn="A99900000009", surname="Adopted"),
            replace(CHILD, upn="A99900000009", dob=date(2014, 1, 1)),
            replace(CHILD, dob=date(2014, 1, 1)),
            replace(CHILD, surname="Other", forename="Ben", dob=date(2014, 1, 1)),
            replace(CHILD, surname="SECRET", forename=" zoe "),
            replace(CHILD, surname="Zoe", forename="Secret", upn="", dob=None),
            Pupil("P000"),
        ],
    )
    def test_the_same_child_put_right(self, now: Pupil) -> None:
        told = snapshot(ORDINARY, (now, *PUPILS[1:]))
        assert check(told, before=replace(BEFORE, pupils=(CHILD, *PUPILS[1:])), as_of=TODAY) == ()

    def test_what_was_not_known_is_no_other_child(self) -> None:
        told = snapshot(ORDINARY, (CHILD, *PUPILS[1:]))
        assert check(told, before=BEFORE, as_of=TODAY) == ()

    def test_twins_who_change_places(self) -> None:
        swapped = (replace(TWIN, pupil_id="P000"), replace(CHILD, pupil_id="P001"))
        told = snapshot(ORDINARY, (*swapped, *PUPILS[2:]))
        found = words(doubts(told, replace(BEFORE, pupils=(CHILD, TWIN, *PUPILS[2:]))))
        assert found == ("These IDs belong to other children than before: P000, P001.",)

    def test_every_id_shifted_by_one(self) -> None:
        known = tuple(
            Pupil(f"P{n:03}", upn=f"A9990000{n:04}", surname=f"Secret{n}", forename=f"F{n}") for n in range(SIZE)
        )
        moved = tuple(replace(pupil, pupil_id=after.pupil_id) for pupil, after in pairwise(known))
        told = snapshot(ORDINARY, (*moved, replace(known[-1], pupil_id="P100")))
        (found,) = doubts(told, replace(BEFORE, pupils=known))
        assert found.words.startswith("These IDs belong to other children than before: P001, P002, ")
        assert found.words.endswith("P010 and 89 more.")
        assert "Secret" not in found.words
        assert not found.can_be_accepted


class TestNoMarks:
    def test_no_marks_at_all(self) -> None:
        assert problems(snapshot({})) == ("The source gives no marks at all; 10,000 are known.",)
        assert problems(snapshot({}), StoredFacts()) == ("The source gives no marks at all; 0 are known.",)

    def test_until_the_first_school_day_there_are_none(self) -> None:
        calendar = {DAYS[0]: "inset", DAYS[1]: "school"}
        assert problems(snapshot({}, calendar=calendar), StoredFacts(), DAYS[1]) == ()
        assert len(problems(snapshot({}, calendar=calendar), StoredFacts(), DAYS[2])) == 1


class TestDates:
    def test_nobody_is_seen_tomorrow(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        (found,) = problems(snapshot({**ORDINARY, tomorrow: bytes(98) + bytes([of("/"), of("L")])}))
        assert found.startswith("4 marks are in the future (after 10 Nov 2025)")
        assert found.endswith(": /, L.")

    def test_what_is_planned_may_be_entered_ahead(self) -> None:
        later = TODAY + timedelta(days=9)
        planned = bytes(95) + bytes(of(code) for code in ("C", "V", "I", "E", "#"))
        assert (
            problems(snapshot({**ORDINARY, later: planned, later + timedelta(days=1): bytes([of("#")]) * SIZE})) == ()
        )

    def test_marks_older_than_registers_are_kept(self) -> None:
        kept, slip = date(2019, 11, 10), date(1925, 9, 8)
        assert problems(snapshot({**ORDINARY, kept: PLAIN})) == ()
        found = problems(snapshot({**ORDINARY, kept - timedelta(days=1): PLAIN, slip: bytes(99) + PLAIN[-1:]}))
        assert found[0] == "202 marks are more than 6 years old (before 10 Nov 2019), the earliest on 8 Sep 1925."
        assert check(snapshot(ORDINARY), before=BEFORE, as_of=date(2028, 2, 29)) == ()


class TestRewritten:
    """September has 22 school days: 4,400 marks, so more than 220 changes are a rewrite."""

    @pytest.mark.parametrize(("each", "stops"), [(22, False), (23, True)])
    def test_more_than_one_in_twenty(self, each: int, stops: bool) -> None:  # noqa: FBT001
        rows = {**ORDINARY, **dict.fromkeys(DAYS[:5], with_codes(PLAIN, "U", each))}
        found = problems(snapshot(rows))
        assert bool(found) is stops
        if stops:
            assert found == ("September 2025 would be rewritten: 230 of its 4,400 known marks differ (5 %).",)

    def test_pupils_in_another_order_are_no_rewrite(self) -> None:
        told = snapshot(ORDINARY).register
        turned = Register(told.pupils[::-1], told.sessions, tuple(row[::-1] for row in told.rows))
        assert problems(Snapshot(PUPILS, turned)) == ()
        # … but names over the wrong columns are: 14 marks of each session differ.
        assert len(problems(Snapshot(PUPILS, Register(told.pupils[::-1], told.sessions, told.rows)))) == 2

    def test_a_snow_day_put_right_afterwards(self) -> None:
        assert (
            problems(snapshot({**ORDINARY, DAYS[5]: bytes([of("Y4")]) * SIZE, DAYS[6]: bytes([of("Y4")]) * SIZE})) == ()
        )

    def test_the_last_ten_school_days_are_still_being_put_right(self) -> None:
        fresh = dict.fromkeys(DAYS[-10:], with_codes(PLAIN, "U", 90))
        assert problems(snapshot({**ORDINARY, **fresh})) == ()

    def test_marks_that_arrive_late_are_no_rewrite(self) -> None:
        gaps = replace(BEFORE, register=snapshot(dict.fromkeys(DAYS, PLAIN[:50] + bytes(50))).register)
        assert problems(snapshot(ORDINARY), gaps) == ()

    def test_a_small_school_s_fortnight_of_one_child(self) -> None:
        few = {day: PLAIN[:10] + bytes(90) for day in DAYS}
        known = replace(BEFORE, register=snapshot(few).register)
        told = {**few, **{day: with_codes(few[day], "I", 1) for day in DAYS[:9]}}
        assert problems(snapshot(told), known) == ()


class TestOddDays:
    @pytest.mark.parametrize(("marks", "stops"), [(10, False), (9, True)])
    def test_a_finished_day_with_hardly_any_marks(self, marks: int, stops: bool) -> None:  # noqa: FBT001
        day = LAST + timedelta(days=1)
        found = problems(snapshot({**ORDINARY, day: PLAIN[:marks] + bytes(SIZE - marks)}))
        assert bool(found) is stops
        if stops:
            assert found == ("8 Nov 2025 has only 18 marks; a normal day has 200.",)

    def test_a_day_is_judged_when_it_is_first_seen_finished_whatever_was_known_of_it_before(self) -> None:
        day, thin = LAST + timedelta(days=1), PLAIN[:4] + bytes(96)
        at_noon = replace(BEFORE, register=snapshot({**ORDINARY, day: thin}).register, last_pull=day)
        assert problems(snapshot({**ORDINARY, day: thin}), at_noon) == (
            "8 Nov 2025 has only 8 marks; a normal day has 200.",
        )
        assert problems(snapshot({**ORDINARY, day: thin}), replace(at_noon, last_pull=TODAY)) == (), "asked once"

    @pytest.mark.parametrize(("marked", "stops"), [(80, False), (79, True)])
    def test_a_finished_day_without_part_of_the_school(self, marked: int, stops: bool) -> None:  # noqa: FBT001
        day = LAST + timedelta(days=1)
        found = doubts(snapshot({day: PLAIN[:marked] + bytes(SIZE - marked)}, complete=False))
        assert [one.key for one in found] == [f"part-of-school-{day}"] * stops
        assert all(one.can_be_accepted for one in found)

    def test_a_joiner_s_marks_of_days_before_anything_was_known_are_no_part_of_a_school(self) -> None:
        day = DAYS[0] - timedelta(days=1)
        assert problems(snapshot({day: PLAIN[:1] + bytes(SIZE - 1)}, complete=False)) == ()

    def test_today_a_closed_day_and_a_known_day_are_not_judged(self) -> None:
        day, thin = LAST + timedelta(days=1), PLAIN[:5] + bytes(95)
        assert problems(snapshot({**ORDINARY, TODAY: thin})) == ()
        assert problems(snapshot({**ORDINARY, day: thin}, calendar={day: "inset"})) == ()
        assert problems(snapshot({**ORDINARY, day: thin}), replace(BEFORE, calendar={day: "inset"})) == ()
        known = replace(BEFORE, register=snapshot({**ORDINARY, day: thin}).register)
        assert problems(snapshot({**ORDINARY, day: thin}), known) == ()
        assert problems(snapshot({DAYS[0]: PLAIN, DAYS[1]: thin}), StoredFacts()) == ()

    @pytest.mark.parametrize("code", ["N", "I", "O"])
    def test_everyone_absent_in_the_same_way(self, code: str) -> None:
        rows = {**ORDINARY, TODAY: bytes([of(code)]) * SIZE}
        assert problems(snapshot(rows)) == (f"All 200 marks of 10 Nov 2025 are the same absence ({code}).",)
        assert problems(snapshot(rows), replace(BEFORE, register=snapshot(rows).register)) == ()

    @pytest.mark.parametrize(
        "row", [bytes([of("Y4")]) * SIZE, bytes([of("-")]) * SIZE, bytes([of("I")]) * 9 + bytes(91)]
    )
    def test_closed_not_taken_or_a_handful(self, row: bytes) -> None:
        assert problems(snapshot({**ORDINARY, TODAY: row})) == ()


def test_all_problems_are_told_at_once() -> None:
    rows = {day + timedelta(days=7): bytes([of("U")]) * SIZE for day in DAYS}
    assert len(problems(snapshot(rows, PUPILS[:50]))) > 5


def test_the_store_gives_the_facts(tmp_path: Path) -> None:
    at = datetime(2025, 11, 8, tzinfo=UTC)
    with Store.open(tmp_path / "store.db") as store:
        store.acknowledge(snapshot(ORDINARY, calendar={LAST: "school"}), recorded_at=at, source="csv")
        facts = store.facts()
    assert facts == replace(BEFORE, calendar={LAST: "school"}, last_pull=LAST + timedelta(days=1))
    assert facts.roll(TODAY) == frozenset(IDS)
