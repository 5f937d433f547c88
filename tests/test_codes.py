"""Every register code counts as what the law of its day says, and the number the store writes for it never changes."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday import codes
from halfday.codes import UnknownCodeError, all_codes, by_id, code_id

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

# Frozen: the store holds these numbers. A new row may be added; none of these may change, move or be used again.
# Read from attendance_codes.csv: SI 2024/208 reg 10, DfE statistical classes; `..` is an open end.
FROZEN = r"""
 1 -  missing        ..         ..
 2 /  present        2006-09-01 ..
 3 \  present        2006-09-01 ..
 4 L  present        2006-09-01 ..
 5 B  activity       2024-08-19 ..
 6 K  activity       2024-08-19 ..
 7 P  activity       2006-09-01 ..
 8 V  activity       2006-09-01 ..
 9 W  activity       2006-09-01 ..
10 C  authorised     2024-08-19 ..
11 C1 authorised     2024-08-19 ..
12 C2 authorised     2024-08-19 ..
13 E  authorised     2006-09-01 ..
14 I  authorised     2006-09-01 ..
15 J1 authorised     2024-08-19 ..
16 M  authorised     2006-09-01 ..
17 R  authorised     2006-09-01 ..
18 S  authorised     2006-09-01 ..
19 T  authorised     2024-08-19 ..
20 G  unauthorised   2006-09-01 ..
21 N  unauthorised   2006-09-01 ..
22 O  unauthorised   2006-09-01 ..
23 U  unauthorised   2006-09-01 ..
24 D  not_possible   2011-09-01 ..
25 Q  not_possible   2024-08-19 ..
26 X  not_possible   2006-09-01 ..
27 Y1 not_possible   2024-08-19 ..
28 Y2 not_possible   2024-08-19 ..
29 Y3 not_possible   2024-08-19 ..
30 Y4 not_possible   2024-08-19 ..
31 Y5 not_possible   2024-08-19 ..
32 Y6 not_possible   2024-08-19 ..
33 Y7 not_possible   2024-08-19 ..
34 Z  administrative 2006-09-01 ..
35 #  administrative 2006-09-01 ..
40 B  activity       2006-09-01 2024-08-18
41 C  authorised     2006-09-01 2024-08-18
42 D  activity       2006-09-01 2011-08-31
43 F  authorised     2006-09-01 2013-08-31
44 H  authorised     2006-09-01 2024-08-18
45 J  activity       2006-09-01 2024-08-18
46 T  authorised     2006-09-01 2024-08-18
47 Y  not_possible   2006-09-01 2024-08-18
"""
ROWS = [line.split() for line in FROZEN.strip().splitlines()]
LAST_OLD_DAY, FIRST_NEW_DAY = date(2024, 8, 18), date(2024, 8, 19)


def class_on(text: str, day: date) -> str:
    """The class of a code on a date, or `none` where it did not exist."""
    try:
        return by_id()[code_id(text, day)].class_.value
    except UnknownCodeError:
        return "none"


def bound(text: str, otherwise: date) -> date:
    return otherwise if text == ".." else date.fromisoformat(text)


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_every_row_holds_between_its_dates_and_keeps_its_number(row: list[str]) -> None:
    number, code, class_, first, last = row
    begin, end = bound(first, date.min), bound(last, date.max)
    found = by_id()[int(number)]
    assert (found.code, found.class_, found.from_, found.to) == (code, class_, begin, end)
    assert code_id(code, begin) == code_id(code, end) == int(number)
    assert found.meaning


def test_no_number_is_used_twice_or_stands_for_no_mark() -> None:
    numbers = [row.id for row in all_codes()]
    assert len(numbers) == len(set(numbers))
    assert {int(row[0]) for row in ROWS} <= set(numbers)
    assert codes.NO_ROW not in numbers
    assert max(numbers) < 256, "a mark is one byte"


def test_there_are_34_codes_today() -> None:
    today = {row.code for row in all_codes() if row.from_ <= FIRST_NEW_DAY <= row.to} - {"-"}
    assert len(today) == 34
    assert today == {row[1] for row in ROWS if row[4] == ".."} - {"-"}


# code: its class up to 18 August 2024, and from 19 August 2024
CHANGED = {
    "B": ("activity", "activity"),
    "C": ("authorised", "authorised"),
    "C1": ("none", "authorised"),
    "C2": ("none", "authorised"),
    "H": ("authorised", "none"),
    "J": ("activity", "none"),
    "J1": ("none", "authorised"),
    "K": ("none", "activity"),
    "Q": ("none", "not_possible"),
    "T": ("authorised", "authorised"),
    "Y": ("not_possible", "none"),
    "Y1": ("none", "not_possible"),
    "Y7": ("none", "not_possible"),
    "I": ("authorised", "authorised"),
    "-": ("missing", "missing"),
}


@pytest.mark.parametrize("code", CHANGED)
def test_the_codes_changed_on_19_august_2024(code: str) -> None:
    assert (class_on(code, LAST_OLD_DAY), class_on(code, FIRST_NEW_DAY)) == CHANGED[code]


DATED = [
    ("D", date(2011, 8, 31), "activity"),
    ("D", date(2011, 9, 1), "not_possible"),
    ("F", date(2013, 8, 31), "authorised"),
    ("F", date(2013, 9, 1), "none"),
    ("X", date(2021, 1, 15), "not_possible"),  # Covid use, 2020/21: never in the absence rates
    ("/", date(2006, 8, 31), "none"),
    ("/", date(2006, 9, 1), "present"),
    ("J", date(2024, 7, 1), "activity"),
]


@pytest.mark.parametrize(("code", "day", "class_"), DATED)
def test_older_meanings_hold_on_their_dates(code: str, day: date, class_: str) -> None:
    assert class_on(code, day) == class_


CLASSES = {
    "present": "/ \\ L",
    "activity": "B K P V W",
    "authorised": "C C1 C2 E I J1 M R S T",
    "unauthorised": "G N O U",
    "not_possible": "D Q X Y1 Y2 Y3 Y4 Y5 Y6 Y7",
    "administrative": "Z #",
    "missing": "-",
}


@pytest.mark.parametrize("class_", CLASSES)
def test_the_classes_are_those_of_the_dfe(class_: str) -> None:
    expected = set(CLASSES[class_].split())
    now = {row.code for row in all_codes() if row.class_ == class_ and row.to == date.max}
    assert now == expected
    assert codes.ids(class_) >= {code_id(code, FIRST_NEW_DAY) for code in expected}


def test_what_counts_as_attended_possible_and_towards_the_penalty() -> None:
    attended, possible = codes.ids(*codes.ATTENDED), codes.ids(*codes.POSSIBLE)
    assert attended == codes.ids("present", "activity")
    assert possible == attended | codes.ids("authorised", "unauthorised")
    assert codes.ids(*codes.PENALTY) == codes.ids("unauthorised")


SPELLINGS = [
    ("i", "I"),
    (" I ", "I"),
    ("y4", "Y4"),
    ("\tc1\n", "C1"),
    ("", "-"),
    ("   ", "-"),
    (" - ", "-"),
    ("l", "L"),
    (" \\ ", "\\"),
]


@pytest.mark.parametrize(("typed", "code"), SPELLINGS)
def test_case_and_blanks_do_not_matter(typed: str, code: str) -> None:
    assert codes.tidy(typed) == code
    assert code_id(typed, FIRST_NEW_DAY) == code_id(code, FIRST_NEW_DAY)


MESSAGES = [
    ("Q9", FIRST_NEW_DAY, "code 'Q9' is not a register code"),
    ("present", FIRST_NEW_DAY, "code 'PRESENT' is not a register code"),
    ("/\\", FIRST_NEW_DAY, "code '/\\\\' is not a register code"),
    ("h", FIRST_NEW_DAY, "code 'H' ended on 18 Aug 2024; use C if the head granted leave, else G"),
    ("J", FIRST_NEW_DAY, "code 'J' ended on 18 Aug 2024; use J1"),
    ("Y", FIRST_NEW_DAY, "code 'Y' ended on 18 Aug 2024; use one of Y1 to Y7"),
    ("F", FIRST_NEW_DAY, "code 'F' ended on 31 Aug 2013"),
    ("K", LAST_OLD_DAY, "code 'K' did not exist before 19 Aug 2024"),
    ("I", date(2006, 8, 31), "code 'I' did not exist before 1 Sep 2006"),
]


@pytest.mark.parametrize(("code", "day", "sentence"), MESSAGES)
def test_an_unknown_or_withdrawn_code_is_told_and_never_guessed(code: str, day: date, sentence: str) -> None:
    with pytest.raises(UnknownCodeError) as told:
        code_id(code, day)
    assert str(told.value) == sentence


@given(st.text(max_size=4), st.dates(date(2000, 1, 1), date(2030, 12, 31)))
@UNHURRIED
def test_any_text_is_one_row_of_its_date_or_an_error(text: str, day: date) -> None:
    rows = [row for row in all_codes() if row.code == codes.tidy(text) and row.from_ <= day <= row.to]
    assert len(rows) <= 1, "two meanings on one date"
    assert class_on(text, day) == (rows[0].class_ if rows else "none")
