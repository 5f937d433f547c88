"""Running `halfday init` again is safe: what people wrote in `halfday.toml` stays, whatever is answered."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday_sync import config
from halfday_sync.config import TIMES
from halfday_sync.setting_up.answers import Answers
from halfday_sync.setting_up.settings_file import settled
from halfday_sync.setting_up.values import fault, shown, typed
from halfday_sync.source_kinds import Kind, Setting, kinds

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from("\\\"'#=[]{},.é"),
    min_size=1,
    max_size=12,
).filter(str.strip)
OTHERS = (
    '# the add-in, see Ms Bell\n[addin]\naddress = "https://x" # ours\n',
    '\n\n# when\n[watch] # at last\ntimes = [ "06:00" ]  # early\n',
    "",
)


def value_of(setting: Setting) -> st.SearchStrategy[Any]:
    if setting.one_of:
        return st.sampled_from(setting.one_of)
    if setting.key == "codes":  # what is no register code is refused
        return st.dictionaries(st.sampled_from(["7", "X01", "Z9"]), st.sampled_from(["I", "X", ""]), min_size=1)
    table = st.dictionaries(TEXT, TEXT, min_size=1, max_size=3)
    by_type = {"str": TEXT, "int": st.integers(1, 999), "bool": st.booleans(), "list": st.lists(TEXT, min_size=1)}
    return by_type.get(setting.type, table)


def source_of(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    needed = {one.key: value_of(one) for one in kind.settings if one.needed}
    others = {one.key: value_of(one) for one in kind.settings if not one.needed}
    return st.fixed_dictionaries({"kind": st.just(kind.name), **needed}, optional=others)


SOURCES: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.sampled_from(list(kinds().values())).flatmap(source_of)
ANSWERS = st.builds(
    Answers,
    TEXT,
    TEXT,
    SOURCES,
    st.sampled_from(["", "calendar.csv", "our days\\2026.csv"]),
    st.sampled_from([TIMES, ("08:00",), ("06:00", "12:15")]),
)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A settings file as people leave it: answered once, then other tables, comments, line ends, a byte-order mark."""
    text = settled(None, draw(ANSWERS)).decode()
    if "[watch]" in text:
        text = text.partition("[watch]")[0]
    text = text.replace("\n[source]", "\n\n# Ask IT before you change these\n[source]  # where from")
    text += draw(st.permutations(OTHERS).map("".join))
    text = draw(st.sampled_from([text, text.rstrip("\n"), text.replace("\n", "\r\n")]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def said(data: bytes) -> dict[str, Any]:
    return tomllib.loads(data.decode("utf-8-sig"))


def of_file(data: bytes) -> Answers:
    """The answers that are in a file already: Enter to every question."""
    found = said(data)
    school, times = found["school"], found.get("watch", {}).get("times", TIMES)
    return Answers(school["name"], school["policy"], found.get("source", {}), school.get("calendar", ""), tuple(times))


@given(written())
def test_the_same_answers_change_nothing_to_the_byte(before: bytes) -> None:
    assert settled(before, of_file(before)) == before


@given(written(), ANSWERS)
def test_any_answers_are_what_the_file_says_and_the_same_again_change_nothing(before: bytes, answers: Answers) -> None:
    after = settled(before, answers)
    assert of_file(after) == answers
    assert settled(after, answers) == after
    assert list(config.faults_of(said(after))) == []


@given(written(), ANSWERS)
def test_what_no_question_is_about_stays_as_people_wrote_it(before: bytes, answers: Answers) -> None:
    after = settled(before, answers)
    assert said(after).get("addin") == said(before).get("addin")
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in after) == (b"\r\n" in before)
    kept = ["# the add-in, see Ms Bell", 'address = "https://x" # ours', "# keep it on a local disk", "# when"]
    if answers.source and "source" in said(before):
        kept += ["# Ask IT before you change these", "[source]  # where from"]
    for words in kept:
        assert after.decode().count(words) == before.decode().count(words), words


@given(st.sampled_from([(kind, one) for kind in kinds().values() for one in kind.settings]), st.data())
def test_what_is_shown_as_the_present_answer_means_itself_when_typed(
    of: tuple[Kind, Setting], data: st.DataObject
) -> None:
    value = data.draw(value_of(of[1]))
    if isinstance(value, str):
        value = value.strip()
    assert fault(of[1], shown(value)) == ""
    assert typed(of[1], shown(value)) == value


@pytest.mark.parametrize(
    ("setting", "text", "words"),
    [
        (Setting("per_page", "int"), "many", "whole number"),
        (Setting("keep_comments", "bool"), "perhaps", "yes or no"),
        (Setting("codes", "table"), "X01", "NAME = TEXT"),
        (Setting("files", "list"), "[a, b", "not TOML"),
        (Setting("files", "list"), "[1, 2]", "names in quotes"),
        (Setting("format", "str", one_of=("json", "csv")), "xml", "json, csv"),
    ],
)
def test_an_answer_that_means_nothing_is_told_with_what_to_write(setting: Setting, text: str, words: str) -> None:
    assert words in fault(setting, text)


def test_a_file_in_a_way_that_nobody_writes_is_changed_rightly_too() -> None:
    answers = Answers("y", "rivington", {"kind": "wonde", "school_id": "A1"}, "calendar.csv", ("08:00",))
    for before in (
        b'school.name = "x"\nschool.policy = "rivington"\n',
        b'school = { name = "x", policy = "rivington" }\nsource = { kind = "ctf", files = ["a"] }\n',
        b'[school]\nname = "x"\npolicy = "p"\n[source]\nkind = "wonde"\n[source.codes]\nA = "B"\n# end\n[addin]\n',
    ):
        after = settled(before, answers)
        assert of_file(after) == answers
        assert after.count(b"# end") == before.count(b"# end")
