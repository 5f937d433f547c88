"""What people type about decisions and ticks is read as they meant it, or a sentence says all that is missing."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.policy.ladder import Decision
from halfday.policy.outcome import Done
from halfday_sync import decided
from halfday_sync.decided import ReadDecision, read_decisions, read_done
from halfday_sync.entries import Typed

TODAY = date(2026, 1, 14)
NOW = datetime(2026, 1, 14, 7, 30, tzinfo=UTC)
HOLD: dict[str, Typed] = {
    "pupil_id": "2101",
    "kind": "Hold",
    "reason": "An operation; at home",
    "who": "Head",
    "from": date(2026, 1, 5),
    "until": date(2026, 2, 13),
}


def _read(**typed: Typed) -> ReadDecision:
    rows = {"D1": HOLD | typed}
    return read_decisions(rows, pupils={"2101", "P7"}, stages=4, today=TODAY, recorded_at=NOW)["D1"]


def test_a_whole_row_is_a_decision() -> None:
    found = _read()
    assert found.decision == Decision(
        "2101", "hold", date(2026, 1, 5), date(2026, 2, 13), "An operation; at home", "Head", recorded_at=NOW
    )
    assert found.words == "In force until Fri 13 Feb 2026: the stage stays as it was."


@pytest.mark.parametrize("stage", ["Stage 2", "2", 2.0, "stage2", " 2.0 "])
def test_a_stage_may_be_written_in_any_way(stage: Typed) -> None:
    found = _read(kind="override", stage=stage)
    assert found.decision
    assert found.decision.stage == 2
    assert found.words == "In force until Fri 13 Feb 2026: Stage 2."


def test_an_override_to_no_stage() -> None:
    found = _read(kind="Override", stage="No stage")
    assert found.decision
    assert found.decision.stage == 0
    assert found.words == "In force until Fri 13 Feb 2026: no stage."


@pytest.mark.parametrize("typed", [2101.0, " 2101 "])
def test_excel_may_make_a_number_of_an_id(typed: Typed) -> None:
    assert _read(pupil_id=typed).decision == _read().decision


def test_an_id_in_small_letters_is_still_the_pupil() -> None:
    found = _read(pupil_id="p7").decision
    assert found
    assert found.pupil_id == "P7"
    rows = {"D1": HOLD | {"pupil_id": "p7"}}
    exact = read_decisions(rows, pupils=["p7", "P7"], stages=4, today=TODAY, recorded_at=NOW)["D1"].decision
    assert exact
    assert exact.pupil_id == "p7"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"from": date(2026, 1, 15)}, "From Thu 15 Jan 2026 until Fri 13 Feb 2026: the stage stays as it was."),
        ({"until": date(2026, 1, 13)}, "Ended on Tue 13 Jan 2026."),
        ({"until": TODAY}, "In force until Wed 14 Jan 2026: the stage stays as it was."),
        ({"kind": "Review", "until": None}, "Review of Mon 5 Jan 2026."),
        ({"kind": "Review", "from": date(2026, 1, 20), "until": "soon"}, "Counts from Tue 20 Jan 2026."),
    ],
)
def test_the_words_say_when_it_counts(typed: dict[str, Typed], words: str) -> None:
    found = _read(**typed)
    assert found.words == words
    assert found.decision


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " "}, "it needs a reason"),
        ({"until": None}, "it needs its last day"),
        ({"kind": "Override"}, "it needs a stage from 1 to 4"),
        ({"kind": "Override", "stage": "5"}, "the policy has the stages 1 to 4"),
        ({"kind": "Override", "stage": "later"}, "the policy has the stages 1 to 4"),
        ({"kind": "Override", "stage": date(2026, 1, 2)}, "the policy has the stages 1 to 4"),
        ({"kind": "Pause"}, "the decision is not Hold, Override, Review or Adapted"),
        ({"pupil_id": "9999"}, "nobody on the Tracker has this pupil ID"),
        ({"from": "soon"}, "From is not a date, such as 31/1/2026"),
        ({"until": date(1900, 1, 3)}, "Until is not a date, such as 31/1/2026"),
        ({"until": date(2026, 1, 4)}, "it ends before it begins"),
        (
            {"reason": None, "who": None, "until": None, "pupil_id": "9"},
            "it needs a reason, the name of who decided and its last day; nobody on the Tracker has this pupil ID",
        ),
    ],
)
def test_everything_that_is_wrong_is_in_one_sentence(typed: dict[str, Typed], words: str) -> None:
    assert _read(**typed) == ReadDecision(None, f"Not in force: {words}.")


def test_an_empty_row_says_nothing() -> None:
    assert _read(**dict.fromkeys(HOLD)) == ReadDecision(None, "")


TYPED = st.one_of(
    st.none(), st.text(max_size=8), st.floats(), st.booleans(), st.dates(), st.sampled_from([*HOLD.values()])
)


@given(st.fixed_dictionaries(dict.fromkeys((*HOLD, "stage"), TYPED)))
def test_whatever_is_typed_there_is_a_decision_or_a_sentence(typed: dict[str, Typed]) -> None:
    found = _read(**typed)
    assert found.words.endswith(".") or not found.words
    assert found.decision is None or not found.words.startswith("Not in force")
    if found.decision is None and found.words:
        assert found.words.startswith("Not in force: ")
        assert len(found.words) > len("Not in force: .")


def test_ticks_are_read_by_their_key() -> None:
    rows: dict[str, dict[str, Typed]] = {
        "2101|letter-1|2026-01-09": {"done": "Yes", "note": "by post"},
        "2101|a|b|2026-01-09": {"done": date(2026, 1, 8)},
        "2102|letter-1|2026-01-09": {"done": "No longer needed"},
        "2103|letter-1|2026-01-09": {"done": "Part done"},
        "2104|letter-1|2026-01-09": {"note": "yes"},
        "2105|letter-1|-": {"done": "Yes"},
        "C7": {"done": "Yes"},
    }
    day = date(2026, 1, 9)
    assert read_done(rows) == (Done("2101", "letter-1", day), Done("2101", "a|b", day), Done("2102", "letter-1", day))


@given(st.text(st.characters(exclude_characters="|"), min_size=1), st.text(min_size=1), st.dates())
def test_a_key_says_which_action_it_is(pupil: str, action: str, due: date) -> None:
    assert decided.read_action_key(decided.action_key(pupil, action, due)) == Done(pupil, action, due)


@pytest.mark.parametrize(
    ("done", "asked", "status"),
    [
        ("Yes", True, "Done"),
        (date(2026, 1, 2), False, "Done"),
        (True, True, "Done"),
        ("no longer needed, moved", True, "No longer needed"),
        ("Part done", True, "Overdue"),
        (None, True, "Overdue"),
        (False, False, "No longer asked"),
        (3.0, False, "No longer asked"),
    ],
)
def test_the_status_is_what_people_say_and_then_what_the_policy_asks(done: Typed, asked: bool, status: str) -> None:  # noqa: FBT001
    assert decided.status_words(done, date(2026, 1, 13), TODAY, asked=asked) == status


def test_an_action_is_overdue_on_the_day_after() -> None:
    assert decided.status_words(None, TODAY, TODAY, asked=True) == "Open"
