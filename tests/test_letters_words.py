"""What families read: every letter that comes with Halfday, for an invented child and for a brother and a sister."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from tests import letter_families as families
from tests.conftest import GOLDEN
from tests.letter_text import body_of, text_of

from halfday_sync.letters import all_fields, all_templates, copies, find, render, template
from halfday_sync.templates import policy_path, school_names, usable_policy

Golden = Callable[[str, str], None]
BY_LAW = ("notice-to-improve", "intent", "leave-refused")
TEMPLATES = tuple(all_templates())
LINE = "It was good to talk on Monday."


@cache
def made(template_id: str, *children: str, line: str = LINE) -> bytes:
    """The letter to the family, or to its first parent."""
    said = families.said(template_id, *children, line=line)
    first = copies(template(template_id), said)[0]
    return render(find(families.SETTINGS, template_id), first, families.SETTINGS)


@cache
def texts(template_id: str) -> tuple[str, ...]:
    """The letter about one child and, where they share it, about a brother and a sister."""
    kin = families.family(template_id)
    about = [kin[:1], kin] if template(template_id).shared else [kin[:1]]
    return tuple(text_of(made(template_id, *children)) for children in about)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_the_words_of_each_letter(template_id: str, golden: Golden) -> None:
    divider = "\n" + "=" * 40 + " a brother and a sister\n\n"
    golden(f"letters/{template_id}", divider.join(texts(template_id)))


def test_no_other_words_are_kept_than_those_of_letters_that_there_are() -> None:
    kept = {path.stem for path in (GOLDEN / "letters").glob("*.txt") if not path.stem.startswith("plan-")}
    assert kept == set(TEMPLATES)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_only_letters_about_the_law_speak_of_it(template_id: str) -> None:
    law = re.compile(
        r"\b(offen[cs]e|prosecut\w*|fine[sd]?|penalt\w+|court|magistrates?|legal\w*|crim\w+)\b", re.IGNORECASE
    )
    for text in texts(template_id):
        assert bool(law.search(text)) is (template_id in BY_LAW)


@pytest.mark.parametrize("template_id", [one for one in TEMPLATES if one.startswith("adapted-")])
def test_the_adapted_letters_warn_of_nothing_and_ask_for_nothing(template_id: str) -> None:
    pushing = re.compile(
        r"\b(warn\w*|must|should|below|improve\w*|missed|unauthorised|concern\w*|expect\w*)\b", re.IGNORECASE
    )
    for text in texts(template_id):
        assert not pushing.search(text)
        assert "for your information" in text
        assert families.SETTINGS.contact in text, "who is there for them"


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_no_letter_has_codes_jargon_or_blame(template_id: str) -> None:
    jargon = r"\b(session code|code [A-Z]|PA|SA|UPN|SLT|DSL|CP|LAC|SEN|FSM|LA|ytd|persistent\w*|stage \d|band \w)\b"
    blame = r"\b(fail\w*|unacceptable|poor|excuse\w*|your fault|disappoint\w*|refus\w*|ignor\w*)\b"
    for text in texts(template_id):
        assert not re.search(jargon, text.partition("Ratified")[0].replace("Attendance Strategy", ""))
        assert not re.search(blame, text, re.IGNORECASE)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_sentences_are_short_enough_to_read_aloud(template_id: str) -> None:
    """About what a child of eleven reads: few words a sentence, and few long ones."""
    prose = [line for line in body_of(made(template_id)).split("\n") if line[0] not in "#|-" and len(line) > 60]
    if template_id in BY_LAW:  # the law's own sentence is as long as it is
        prose = [line for line in prose if "Section 7" not in line]
    sentences = [one for line in prose for one in re.split(r"(?<=[.!?])\s+", line) if len(one.split()) > 2]
    lengths = [len(one.split()) for one in sentences]
    words = [word for one in sentences for word in re.findall(r"[a-zA-Z]+", one)]
    assert max(lengths) <= 32, max(sentences, key=len)
    assert sum(lengths) / len(lengths) <= 17
    assert sum(len(word) > 9 for word in words) / len(words) <= 0.13


def test_the_notice_to_improve_holds_all_that_it_must() -> None:
    """The record and the offences, why attendance matters and the law, support, warning, period, and what is enough."""
    text = text_of(made("notice-to-improve"))
    for words in (
        "89.2%",
        "17 of 158 half days",
        "12 in ten school weeks",
        "Friday 28 November 2025, all day: a holiday that school had not agreed to",
        "learns more",
        "Section 7 of the Education Act 1996",
        "What has been done so far",
        "8 December 2025: a visit at home",
        "What we still offer",
        "This is a clear warning",
        "from Monday 19 January 2026 to Friday 27 February 2026",
        "three to six weeks",
        "Attendance of at least 95%",
        "before the period ends",
        "Only the local authority prosecutes",
    ):
        assert words in text


def test_what_staff_noted_and_what_they_agreed_among_themselves_is_in_no_letter() -> None:
    everything = "\n".join(text for template_id in TEMPLATES for text in texts(template_id))
    for words in ("Bad cold", "Difficult at home", "Ask the local authority", "Mrs C Sample"):
        assert words not in everything


@pytest.mark.parametrize("school", school_names())
def test_every_letter_of_every_policy_has_a_word_file(school: str) -> None:
    policy = usable_policy(policy_path(school))
    for letter in policy.letters:
        for template_id in filter(None, (letter.template, letter.adapted)):
            assert find(families.SETTINGS, template_id).is_file()


def test_the_catalogue_names_known_fields_only_and_every_field_has_an_example() -> None:
    for one in all_templates().values():
        assert set(one.fields) <= set(all_fields())
        assert not (one.shared and one.per_carer)
    assert all(one.meaning and one.example for one in all_fields().values())


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_letters_can_be_read_by_everybody(template_id: str) -> None:
    """Headings are headings, tables have a header row, the language is set, and nothing is smaller than 9 points."""
    from docx import Document

    document = Document(str(find(families.SETTINGS, template_id)))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables)
    assert document.core_properties.title
    assert set(document.styles.element.xpath("//w:lang/@w:val")) == {"en-GB"}
    sizes = [int(size) for size in document.styles.element.xpath("//w:style[@w:styleId='Normal']//w:sz/@w:val")]
    assert sizes == [22]
    assert document.sections[0].page_width.mm == pytest.approx(210, abs=0.2)  # type: ignore[union-attr]
