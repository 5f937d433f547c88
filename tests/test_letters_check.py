"""The linter for templates: each fault in a Word file that has it, said with its place, and all of them at once."""

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from tests import letter_families as families
from tests.exports import Run

from halfday.policy.model import Letter
from halfday_sync.letters import LetterSettings, all_templates, find, template
from halfday_sync.letters.catalogue import shipped
from halfday_sync.letters.check import check, check_file
from halfday_sync.templates import school_names

Edit = Callable[[Any], None]


@pytest.fixture
def own(tmp_path: Path) -> LetterSettings:
    """A school with templates of its own."""
    (tmp_path / "own").mkdir()
    return LetterSettings(templates=tmp_path / "own", folder=tmp_path / "letters")


def template_file(own: LetterSettings, edit: Edit, name: str = "concern.docx", like: str = "concern") -> Path:
    """A copy of a template, edited in Word's place."""
    path = own.templates / name
    document = Document(str(shipped() / f"{like}.docx"))
    edit(document)
    document.save(str(path))
    return path


def repacked(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """A Word file with its parts changed, as other programs may leave them."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return path


def said(path: Path, own: LetterSettings, template_id: str = "concern") -> str:
    return "\n".join(map(str, check_file(path, template(template_id), own)))


def line(text: str, style: str = "Normal") -> Edit:
    def add(document: Any) -> None:
        document.add_paragraph(text, style=style)

    return add


def lines(*texts: str) -> Edit:
    def add(document: Any) -> None:
        for text in texts:
            document.add_paragraph(text)

    return add


def row(*texts: str) -> Edit:
    def add(document: Any) -> None:
        for cell, text in zip(document.tables[0].add_row().cells, texts, strict=False):
            cell.text = text

    return add


def without(mark: str) -> Edit:
    def take_out(document: Any) -> None:
        for paragraph in list(document.paragraphs):
            if mark in paragraph.text:
                paragraph._p.getparent().remove(paragraph._p)

    return take_out


@pytest.mark.parametrize("name", school_names())
def test_the_letters_that_come_with_halfday_have_no_fault(name: str) -> None:
    assert check(families.SETTINGS, families.policy(name)) == ()


@pytest.mark.parametrize("template_id", list(all_templates()))
def test_every_template_that_comes_with_halfday_has_none(template_id: str) -> None:
    assert said(find(families.SETTINGS, template_id), families.SETTINGS, template_id) == ""


BROKEN: dict[str, tuple[Edit, str]] = {
    "a misspelt field": (line("{{ forname }}"), "there is no field 'forname'; did you mean 'forename'?"),
    "a field that there is not": (line("{{ zodiac }}"), "there is no field 'zodiac'; the editing guide lists them all"),
    "a misspelt field of a child": (
        lines("{%p for c in children %}", "{{ c.percnt }}", "{%p endfor %}"),
        "a child has no field 'percnt'; did you mean 'percent'?",
    ),
    "a figure outside the children": (line("{{ percent }}"), "write {{ child.percent }} between {% for child in"),
    "a child where there is none": (line("{{ child.percent }}"), "“.percent” is not known here"),
    "a mark that does not end": (line("Dear {{ forename }"), "a mark is begun and not ended"),
    "a mark that does not begin": (line("Dear forename }}"), "a mark is begun and not ended"),
    "single brackets": (line("Dear {forename}"), "write {{ forename }}"),
    "words that are no field": (line("{{ the name }}"), "cannot be read; write {{ name }} with the name of a field"),
    "a condition without its end": (line("{%p if personal_line %}"), "{% if … %} has no {% endif %}"),
    "an end without its beginning": (line("{%p endfor %}"), "{% endfor %} ends nothing"),
    "a beginning and another end": (
        lines("{%p if several %}", "{% endif %}"),
        "begun with {%p if … %}, so it ends with {%p endif %}",
    ),
    "a loop over several lines": (lines("{% for a in address %}", "{{ a }}"), "goes over several lines"),
    "words that would be lost": (line("{%p if several %} Hello {% endif %}"), "would be lost"),
    "a row where there is none": (lines("{%tr if several %}", "{%tr endif %}"), "is for a row of a table"),
    "a row whose words would be lost": (row("{%tr if several %}", "x"), "the other words in the row"),
    "a list as a word": (line("{{ support_offered }}"), "'support_offered' is several lines; write {%p for line in"),
    "a statement that there is not": (line("{% include 'x' %}"), "{% include 'x' %} is not known here"),
    "a call": (line("{{ forename.upper() }}"), "it cannot call anything"),
    "a way out of the sandbox": (line("{{ ''.__class__ }}"), "“.__class__” is not known here"),
    "a filter that there is not": (line("{{ forename|shout }}"), "cannot be filled in: No filter named 'shout'"),
    "no signature": (without("{{ sender }}"), "does not hold {{ sender }}"),
    "no help": (without("support_offered"), "does not hold {{ support_offered }}"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_in_the_words_is_said_with_its_place(fault: str, own: LetterSettings) -> None:
    edit, words = BROKEN[fault]
    assert words in said(template_file(own, edit), own)


def test_the_place_is_the_paragraph_and_how_it_begins(own: LetterSettings) -> None:
    path = template_file(own, line("Kind regards from all of us at school, {{ sendr }}"))
    place = check_file(path, template("concern"), own)[0].place
    number = sum(bool(one.strip()) for one in words_of(path))
    assert place == f"paragraph {number} (Kind regards from all of us at school…)"


def words_of(path: Path) -> list[str]:
    from halfday_sync.letters.word_file import WordFile

    paragraphs = WordFile.read(path.read_bytes()).paragraphs()
    return [one.text for one in paragraphs if one.place.startswith("paragraph")]


def test_a_mark_that_word_has_cut_into_pieces_still_works(own: LetterSettings) -> None:
    def in_pieces(document: Any) -> None:
        paragraph = document.add_paragraph()
        for piece, bold in (("{", False), ("{ fore", True), ("na", False), ("me }", True), ("}", False)):
            paragraph.add_run(piece).bold = bold

    assert said(template_file(own, in_pieces), own) == ""


def test_faults_of_the_head_and_the_foot_are_found_too(own: LetterSettings) -> None:
    def edit(document: Any) -> None:
        document.sections[0].first_page_header.add_paragraph("{{ schol }}")
        document.sections[0].footer.paragraphs[0].add_run("{{ polcy }}")

    found = said(template_file(own, edit), own)
    assert "head of the page" in found
    assert "foot of the page" in found


def test_all_faults_come_at_once(own: LetterSettings) -> None:
    def edit(document: Any) -> None:
        for text in ("{{ forname }}", "{{ percent }}", "{%p if several %}"):
            document.add_paragraph(text)
        without("{{ sender }}")(document)

    assert len(check_file(template_file(own, edit), template("concern"), own)) == 4


# --- The file itself -----------------------------------------------------------------------------------------------


def _external(parts: dict[str, bytes], kind: str, target: str) -> None:
    name = "word/_rels/document.xml.rels"
    relation = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    parts[name] = parts[name].replace(b"</Relationships>", relation.encode())


def _body(parts: dict[str, bytes], xml: str) -> None:
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:body>", f"{xml}</w:body>".encode())


STRANGE: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "macros": (lambda parts: parts.update({"word/vbaProject.bin": b""}), "holds macros"),
    "an object": (lambda parts: parts.update({"word/embeddings/book.xlsx": b""}), "holds an object of another program"),
    "a picture from elsewhere": (lambda parts: _external(parts, "image", "https://x.test/a.png"), "fetches a picture"),
    "a template from elsewhere": (lambda parts: _external(parts, "attachedTemplate", "C:/a.dotm"), "fetches a picture"),
    "a link to a file": (lambda parts: _external(parts, "hyperlink", "file:///C:/a.doc"), "links to a file"),
    "comments": (lambda parts: parts.update({"word/comments.xml": b'<w:comment w:id="0"/>'}), "holds comments"),
    "tracked changes": (lambda parts: _body(parts, "<w:p><w:ins><w:r><w:t>x</w:t></w:r></w:ins></w:p>"), "tracked"),
    "a merge field of Word's": (
        lambda parts: _body(parts, '<w:p><w:fldSimple w:instr=" MERGEFIELD pupil "/></w:p>'),
        "write {{ pupil }} as plain words instead",
    ),
    "a field that fetches": (
        lambda parts: _body(parts, "<w:p><w:r><w:instrText>DDEAUTO c:\\x</w:instrText></w:r></w:p>"),
        "by a field code",
    ),
    "entities": (
        lambda parts: parts.update({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
        "is not as Word writes it",
    ),
    "damage": (lambda parts: parts.update({"word/document.xml": b"<w:p"}), "is damaged"),
    "no document": (lambda parts: parts.pop("word/document.xml"), "is not a Word file"),
}


@pytest.mark.parametrize("fault", STRANGE)
def test_what_has_no_place_in_a_template_is_said(fault: str, own: LetterSettings) -> None:
    change, words = STRANGE[fault]
    path = repacked(template_file(own, lines()), change)
    assert words in said(path, own)


def test_a_link_to_the_schools_website_is_no_fault(own: LetterSettings) -> None:
    path = repacked(
        template_file(own, lines()), lambda parts: _external(parts, "hyperlink", "https://school.example.org")
    )
    assert said(path, own) == ""


def test_what_is_no_word_file_is_said_and_no_more(own: LetterSettings) -> None:
    path = own.templates / "concern.docx"
    path.write_bytes(b"Dear parents")
    assert said(path, own) == "concern.docx: is not a Word file; save it in Word as Word Document (.docx)"


# --- The folder, the policy and the settings -----------------------------------------------------------------------


def test_the_names_of_files_are_looked_at(own: LetterSettings) -> None:
    for name in ("concernn.docx", "warning.doc", "~$concern.docx", "notes.txt"):
        (own.templates / name).write_bytes(b"")
    found = [str(fault) for fault in check(own, families.policy("rivington"))]
    assert found == [
        "concernn.docx: is the name of no letter; did you mean 'concern'?",
        "warning.doc: is not a Word Document (.docx), so no letter is made from it",
    ]


def test_a_template_that_a_policy_names_and_there_is_not(own: LetterSettings) -> None:
    rules = replace(families.policy("rivington"), letters=(Letter("w", "W", "warnin", adapted="adapted-x"),))
    found = [str(fault) for fault in check(own, rules)]
    assert found[0] == "policy.toml, letter w: no template 'warnin'; did you mean 'warning'?"
    assert found[1].startswith("policy.toml, letter w: no template 'adapted-x'")


def test_every_template_of_the_schools_own_is_checked_whether_or_not_the_policy_names_it(own: LetterSettings) -> None:
    template_file(own, line("{{ forname }}"))
    found = check(own, families.policy("rivington"))
    assert [fault.file for fault in found] == ["concern.docx"]


def test_a_translation_says_what_the_english_letter_says(own: LetterSettings) -> None:
    def polish(document: Any) -> None:
        for paragraph in list(document.paragraphs):
            if "personal_line" in paragraph.text or paragraph.text == "{%p endif %}":
                paragraph._p.getparent().remove(paragraph._p)
        document.add_paragraph("{{ meeting_date }}")

    template_file(own, polish, "Concern.Polish.docx")
    found = "\n".join(map(str, check(own, families.policy("rivington"))))
    assert "Concern.Polish.docx: does not hold" not in found, "an own line is no must"
    assert "has {{ meeting_date }}, which concern.docx has not" in found
    assert "lacks {{ personal_line }}, which concern.docx has" in found


def test_a_translation_is_held_against_the_schools_own_english_words(own: LetterSettings) -> None:
    template_file(own, lines("{{ meeting_place }}"))
    template_file(own, lines(), "concern.polish.docx")
    found = [str(fault) for fault in check(own, families.policy("rivington"))]
    assert found == ["concern.polish.docx: is a translation, and lacks {{ meeting_place }}, which concern.docx has"]


def test_the_picture_of_the_school_is_looked_at(own: LetterSettings, tmp_path: Path) -> None:
    rules = replace(families.policy("rivington"), letters=())
    logo = tmp_path / "logo.png"
    assert str(check(replace(own, logo=logo), rules)[0]) == "halfday.toml, letters.logo: there is no picture logo.png"
    logo.write_bytes(b"not a picture")
    assert "is not a picture that Word knows" in str(check(replace(own, logo=logo), rules)[0])


def test_the_settings_say_every_fault_of_letters_at_once(run: Run, new_school: Path) -> None:
    settings = new_school / "halfday.toml"
    bad = '\n[letters]\ncontact = 7\naddress = ["a", 1]\nlogo = "logo.bmp"\nsendr = "x"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + bad, encoding="utf-8")
    _code, _out, err = run("check", "--school", new_school)
    for words in (
        "letters.contact: write it in quotes",
        "letters.address: write each line in quotes",
        "letters.logo: write the name of a picture that ends in .png, .jpg, .jpeg",
        "letters.sendr: not a setting; known: contact, sender, logo, templates, address",
    ):
        assert words in err


def test_a_letter_in_the_schools_own_words_comes_first(own: LetterSettings) -> None:
    assert find(own, "concern").parent == shipped()
    mine = template_file(own, lines())
    assert find(own, "concern") == mine
    polish = own.templates / "concern.POLISH.docx"
    shutil.copyfile(mine, polish)
    assert find(own, "concern", " Polish ") == polish
    assert find(own, "concern", "Welsh") == mine
    assert find(own, "concern", "../x") == mine
