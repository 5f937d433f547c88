"""Other children's names in people's own words are covered; the child's own, its family's and staff's names stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_leaks import NAME, OTHERS, OWN

from halfday_sync.referrals.covering import FAMILY, Covering
from halfday_sync.referrals.covering.words import COVER
from halfday_sync.referrals.everyday import everyday
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.proof import prove


def covered(text: str) -> str:
    return Covering(OTHERS, OWN).words(text)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Amira Threlkeld hit him.", "[another child] hit him."),
        ("Threlkeld, Amira hit him.", "[another child] hit him."),
        ("THRELKELD Amira hit him.", "[another child] hit him."),
        ("amira threlkeld hit him", "[another child] hit him"),
        ("Amira's mum rang.", "[another child]'s mum rang."),
        ("With the Threlkelds’ dog and Threlkeld’s cat.", "With the [another family]’ dog and [another child]’s cat."),
        ("tom and nell hit him, tom said", "[another child] and [another child] hit him, [another child] said"),
        (f"Sat by {NAME}.", "Sat by [another child]."),
        ("Sat by Lucja O’Brien‑Sahin.", "Sat by [another child]."),
        ("Sat by LUCJA OBRIEN SAHIN, Isla.", "Sat by [another child], Isla."),
        ("Sat by Lu\u00adcja and Brien.", "Sat by [another child] and Brien."),
        ("Grace Hall was late; Grace, Hall.", "[another child] was late; [another child]."),
        ("SR0417 and A9992 0010 0417", "[another child] and [another child]"),
        ("Rang +44 7700 900417 at 10.", "Rang [another child] at 10."),
        ("Same as pupil 380, see id: 1204.", "Same as pupil [another child], see id: [another child]."),
        ("Mrs Tamsin Quarmby rang. Tamsin Quarmby came.", "[another family] rang. [another family] came."),
        ("Tom and Nell were there.", "[another child] and [another child] were there."),
        ("Quarmby rang", "[another family] rang"),
    ],
)
def test_who_is_somebody_else_is_covered(words: str, told: str) -> None:
    assert covered(words) == told


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Isla Fenwick and her mother Dana Fenwick; FENWICK, Isla. Isla's bag.",
        "Mr Skelton came. Ola Skelton rang 07700 900111 about A999200100001.",
        "Jo Bell and Miss Kettleby met Mrs Hall.",
        "Mrs Threlkeld and Mr T Threlkeld came.",
        "Will rang in May: mark the register. Ruby house. Grace. On 12 May 2026.",
        "She will, may, can; the bell, the halls, a clay pot.",
        "380 sessions of 1204, and 12 of 380.",
        "  Odd   spaces \u00a0 stay,\n\nand\u00ad so do signs. ",
    ],
)
def test_what_is_no_other_child_stays_to_the_letter(words: str) -> None:
    one = Covering(OTHERS, OWN)
    assert one.words(words) == words
    assert one.covered == 0


def test_it_counts_what_it_covered_and_what_a_person_should_read() -> None:
    one = Covering(OTHERS, OWN)
    one.words("Amira Threlkeld and Tom. SR0417. Nobody.")
    assert (one.covered, one.told) == (3, 0)
    one.words("Grace came. On 12 May she may come. Mrs Threlkeld rang.")
    assert (one.covered, one.told) == (3, 2)


def test_who_did_something_is_staff_unless_it_is_sure() -> None:
    one = Covering(OTHERS, OWN)
    assert [one.who(text) for text in ("Jo Bell", "Tom", "Mrs Tamsin Quarmby", "T Kettleby")] == [
        "Jo Bell",
        "Tom",
        "Mrs Tamsin Quarmby",
        "T Kettleby",
    ]
    assert one.told >= 3
    assert [one.who(text) for text in ("Tom Kettleby", "SR0417", "07700 900417")] == [COVER] * 3


def test_a_member_of_staff_with_a_childs_full_name_is_read() -> None:
    one = Covering(OTHERS, Own("SR0001", forename="Isla", surname="Fenwick", staff=("Amira Threlkeld",)))
    assert one.words("Amira Threlkeld rang. Amira Threlkeld's book.") == "Amira Threlkeld rang. Amira Threlkeld's book."
    assert (one.covered, one.told) == (0, 2)
    assert one.words("Amira rang.") == f"{COVER} rang."


def test_the_lists_hold_folded_words_each_once() -> None:
    words = everyday()
    assert words.capital < words.small
    assert all(word.isascii() and word.islower() and word.isalnum() for word in words.small)
    assert {"will", "may", "grace", "mark", "rose"} <= words.capital
    assert {"bell", "fox", "brook"} <= words.small - words.capital - words.pages
    assert {"born", "pack"} <= words.pages < words.small
    assert not words.capital & words.pages
    assert not words.small & {"jack", "harry", "daisy", "tom"}, "typed in small letters, these are names"


_WORDS = st.sampled_from(
    [
        *(
            "Łucja",
            "O'Brien-Şahin",
            "Amira",
            "Threlkeld",
            "threlkeld",
            "AMIRA",
            "Amira's",
            "Tom",
            "Kettleby",
            "Nell",
            "Skelton",
        ),
        *(
            "Quarmby",
            "Tamsin",
            "Mrs",
            "Isla",
            "Fenwick",
            "Jo",
            "Bell",
            "Grace",
            "Hall",
            "May",
            "Mark",
            "rang",
            "and",
            "the",
        ),
        *(
            "A999200100417",
            "07700 900417",
            "SR0417",
            "pupil",
            "380",
            "1204",
            "old/88-417",
            "Ruby",
            "Tariq",
            "will",
            "12",
        ),
        *("SR0503", "Hall", "+44 7700 900 417", "Ola", "Dana", "a9992 0010 0503", "Lucja", "Sahin,", "Threlkeld,"),
    ]
)
_BETWEEN = st.sampled_from([" ", ", ", ". ", "\n", " – ", "; ", "/", "-"])


@given(st.lists(st.tuples(_WORDS, _BETWEEN), min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_what_was_covered_the_proof_finds_nothing_in(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + between for word, between in parts)
    one = Covering(OTHERS, OWN)
    found = prove({"note.txt": one.words(text).encode()}, OTHERS, OWN, (COVER, FAMILY))
    assert found.leaks == ()


@given(st.lists(st.tuples(_WORDS, _BETWEEN), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_covering_twice_is_covering_once(parts: list[tuple[str, str]]) -> None:
    once = covered("".join(word + between for word, between in parts))
    assert covered(once) == once


def test_nobody_else_at_all_is_no_trouble() -> None:
    assert Covering(Others(), OWN).words("Amira Threlkeld") == "Amira Threlkeld"
    assert Covering(Others((Person("1"),)), Own("2")).words("1 of 2") == "1 of 2"
