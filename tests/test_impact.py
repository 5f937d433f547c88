"""Before and after an action: against a count by hand, with a warning where they are few."""

from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from halfday.acted import Act
from halfday.impact import CAUTION, before_and_after, impact, percent
from halfday.measures import Axis, Sessions
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar

DAY = timedelta(days=1)
BREAK = range(date(2026, 2, 16).toordinal(), date(2026, 2, 21).toordinal())
DAYS = [day for n in range(110) if (day := date(2026, 1, 5) + n * DAY).weekday() < 5 and day.toordinal() not in BREAK]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))


def sessions_of(codes: dict[str, dict[date, str]], as_of: date = DAYS[-1]) -> dict[str, Sessions]:
    marks = [
        Mark(who, day, session, said.get(day, "/"))
        for who, said in codes.items()
        for day in DAYS
        for session in ("AM", "PM")
    ]
    register = Register.from_marks(marks, list(codes))
    axis = Axis.of(register, CALENDAR, as_of)
    return {who: Sessions.of(Pupil(who), axis, register.by_pupil[who]) for who in codes}


def test_by_hand_twenty_days_before_and_twenty_after() -> None:
    at = 30
    codes = {DAYS[at - 1]: "I", DAYS[at - 20]: "O", DAYS[at - 21]: "I", DAYS[at]: "I", DAYS[at + 20]: "I"}
    codes[DAYS[at + 21]] = "I"
    one = sessions_of({"P": codes})["P"]
    assert before_and_after(one, DAYS[at], CALENDAR, DAYS[-1]) == (Fraction(36, 40), Fraction(38, 40))
    assert before_and_after(one, DAYS[at], CALENDAR, DAYS[at + 20]) is not None
    assert before_and_after(one, DAYS[at], CALENDAR, DAYS[at + 19]) is None, "the four weeks are not over"
    assert before_and_after(one, DAYS[19], CALENDAR, DAYS[-1]) is None, "the marks do not reach back so far"
    assert before_and_after(one, DAYS[20], CALENDAR, DAYS[-1]) is not None


def test_sessions_that_were_not_possible_count_on_neither_side_and_a_day_off_school_is_between() -> None:
    at = 27
    shut = dict.fromkeys(DAYS[at - 20 : at - 12], "Y1")
    one = sessions_of({"P": shut | {DAYS[at - 1]: "I"}})["P"]
    assert before_and_after(one, DAYS[at], CALENDAR, DAYS[-1]) == (Fraction(22, 24), Fraction(1))
    saturday = DAYS[9] + DAY
    assert saturday.weekday() == 5
    gone = sessions_of({"P": dict.fromkeys(DAYS[at - 20 : at - 2], "Y1")})["P"]
    assert before_and_after(gone, DAYS[at], CALENDAR, DAYS[-1]) is None, "less than a week of sessions says nothing"


def test_few_are_said_to_be_few_and_what_is_too_soon_is_counted() -> None:
    better = dict.fromkeys(DAYS[20:30], "I")
    pupils = sessions_of({f"P{n}": better for n in range(12)})
    acts = [Act(f"P{n}", DAYS[30], "Ring", "ring") for n in range(3)] + [Act("P0", DAYS[-5], "Ring", "ring")]
    (few,) = impact(acts, pupils, CALENDAR, DAYS[-1], {"ring": "Ring the family"})
    assert (few.title, few.times, few.before, few.after, few.too_soon) == (
        "Ring the family",
        3,
        Fraction(1, 2),
        Fraction(1),
        1,
    )
    assert few.words == (
        "Better for 3, about the same for 0, lower for 0. Only 3 times: too few to say anything of the action. "
        "Of 1 more nothing can be said yet: it takes four school weeks on each side."
    )
    many = [Act(f"P{n}", DAYS[30], "Ring", "ring") for n in range(10)]
    (enough,) = impact(many, pupils, CALENDAR, DAYS[-1])
    assert "too few" not in enough.words
    (none,) = impact([Act("P0", DAYS[-5], "Ring", "ring")], pupils, CALENDAR, DAYS[-1])
    assert (none.times, none.before, none.words) == (
        0,
        None,
        "Of 1 nothing can be said yet: it takes four school weeks on each side.",
    )
    assert "need not be because of it" in CAUTION


def test_once_a_day_and_only_actions_of_pupils_who_are_here() -> None:
    pupils = sessions_of({"P": {}})
    twice = [Act("P", DAYS[30], "Ring", "ring"), Act("P", DAYS[30], "Ring", "ring")]
    other = [
        Act("P", DAYS[30], "Call"),
        Act("gone", DAYS[30], "Ring", "ring"),
        Act("P", DAYS[-1] + DAY, "Ring", "ring"),
    ]
    (one,) = impact([*twice, *other], pupils, CALENDAR, DAYS[-1])
    assert (one.times, one.better, one.worse) == (1, 0, 0)


def _share(said: list[str]) -> tuple[Fraction] | None:
    """Attendance over days, each with one code for both sessions; nothing below a week of possible sessions."""
    possible = sum(code not in ("Y1", "#", "-") for code in said)
    return (Fraction(sum(code in ("/", "L") for code in said), possible),) if 2 * possible >= 10 else None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_figures_are_those_of_a_count_by_hand(data: st.DataObject) -> None:
    codes = {
        who: data.draw(st.dictionaries(st.sampled_from(DAYS), st.sampled_from("IOLUNY#-"), max_size=30))
        for who in ("P1", "P2", "P3", "P4")
    }
    codes = {who: {day: {"Y": "Y1"}.get(code, code) for day, code in said.items()} for who, said in codes.items()}
    acts = data.draw(st.lists(st.tuples(st.sampled_from(list(codes)), st.sampled_from(DAYS)), max_size=8))
    as_of = data.draw(st.sampled_from(DAYS[20:]))
    found = impact([Act(who, day, "x", "a") for who, day in acts], sessions_of(codes, as_of), CALENDAR, as_of)
    pairs: list[tuple[Fraction, Fraction]] = []
    taken = {one for one in acts if one[1] <= as_of}
    for who, day in taken:
        at = DAYS.index(day)
        spans = DAYS[max(0, at - 20) : at], DAYS[at + 1 : at + 21]
        if at < 20 or len(spans[1]) < 20 or spans[1][-1] > as_of:
            continue
        shares = [share for span in spans if (share := _share([codes[who].get(one, "/") for one in span]))]
        if len(shares) == 2:
            pairs.append((shares[0][0], shares[1][0]))
    assert [(one.times, one.too_soon) for one in found] == ([(len(pairs), len(taken) - len(pairs))] if taken else [])
    if pairs:
        (one,) = found
        assert (one.before, one.after) == (median(a for a, _b in pairs), median(b for _a, b in pairs))
        assert one.better == sum(b - a >= Fraction(1, 100) for a, b in pairs)
        assert one.worse == sum(a - b >= Fraction(1, 100) for a, b in pairs)
        assert percent(one.before).endswith("%")
