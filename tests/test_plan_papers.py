"""The papers of plans: what they say, word by word; made anew each week, and never over what somebody wrote in one."""

import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Word
from docx.table import Table
from docx.text.paragraph import Paragraph
from tests.plan_school import BEGINS, ENDS, OUTCOME, PLAN, PUPIL, REVIEWED, SIGNED, TARGET, WHO, PlanSchool

from halfday_sync.entries import PLANS
from halfday_sync.letters.catalogue import shipped
from halfday_sync.letters.plan_fields import TEMPLATES

HARD, SUPPORT = "✎ What makes it hard", "✎ Support agreed"
FIRST = date(2025, 10, 14)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> PlanSchool:
    """Four plans after four weeks: a contract with a review, a support plan, a timetable, a chart."""
    school = PlanSchool(tmp_path_factory.mktemp("papers") / "oak", "rivington")
    school.morning()
    typed: list[dict[str, Any]] = [
        {PUPIL: "P03", PLAN: "Attendance contract", TARGET: "96%", HARD: "Health, Friendships", SIGNED: "Mum 15/10"},
        {PUPIL: "P02", PLAN: "Support plan", TARGET: 0.9, HARD: "Journey and mornings: the bus\nA new baby"},
        {PUPIL: "P04", PLAN: "Part-time timetable", ENDS: date(2025, 11, 21), SUPPORT: "A quiet start"},
        {PUPIL: "P05", PLAN: "Attendance chart", TARGET: 95},
    ]
    for row in typed:
        school.type(PLANS, {"": {BEGINS: school.today, WHO: "Mrs Example, 01632 960001", **row}})
        school.morning(["here", "ill", "here", "half"])
    school.type(PLANS, {"P1": {REVIEWED: school.today, OUTCOME: "Going well"}})
    school.later(8, ["here", "half", "here"])
    code, said = school.command("plans", "make")
    assert code == 0, said
    return school


def folder(school: PlanSchool) -> Path:
    return school.folder / "letters" / "plans"


def words(document: Word) -> str:
    """A paper as text: paragraphs and rows of tables in their order."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Word) -> Iterator[str]:
    for part in (document.sections[0].first_page_header, document):
        for block in part.iter_inner_content():
            if isinstance(block, Paragraph):
                yield re.sub(r"\.{4,}", "....", block.text)
            else:
                yield from _rows(block)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        yield "| " + " | ".join(cell.text.strip().replace("\n", " / ") for cell in row.cells) + " |"


@pytest.mark.parametrize(
    ("pupil_id", "template"),
    [
        ("P03", "attendance-contract"),
        ("P02", "support-plan"),
        ("P04", "part-time-timetable"),
        ("P05", "attendance-chart"),
    ],
)
def test_a_paper_says_word_by_word(
    pupil_id: str, template: str, papers: PlanSchool, golden: Callable[[str, str], None]
) -> None:
    (path,) = folder(papers).glob(f"{pupil_id} {template} *.docx")
    golden(f"letters/plan-{template}", words(Document(str(path))))


def test_no_name_of_a_child_is_in_a_file_name_or_in_what_the_command_says(papers: PlanSchool) -> None:
    code, said = papers.command("plans")
    assert code == 0
    assert "Plans: running" in said
    names = [path.name for path in folder(papers).iterdir()]
    assert not any(re.search(r"Fore|Sur", one) for one in [said, *names])
    assert papers.command("plans", "make", "P99")[0] == 2


def test_what_was_typed_and_saved_is_in_the_paper_before_the_next_run(papers: PlanSchool) -> None:
    before = papers.plans()
    papers.type(PLANS, {"P1": {SUPPORT: "A taxi for two weeks"}})
    code, said = papers.command("plans", "make", "P1")
    assert code == 0, said
    (path,) = folder(papers).glob("P03 *.docx")
    assert "☒  A taxi for two weeks" in words(Document(str(path)))
    assert papers.plans() == before, "only a run takes in what was typed"


def test_papers_are_made_anew_but_not_over_what_somebody_wrote(papers: PlanSchool) -> None:
    (plan,), (contract,) = folder(papers).glob("P02 *.docx"), folder(papers).glob("P03 *.docx")
    document: Any = Document(str(plan))
    document.add_paragraph("He likes the drums.")
    document.save(str(plan))
    by_hand, made = plan.read_bytes(), contract.read_bytes()
    papers.morning(["ill"], days=2)
    code, said = papers.command("plans", "make")
    assert code == 0
    assert plan.read_bytes() == by_hand
    assert f"Left as it is, since somebody changed it: {plan.name}." in said
    assert contract.read_bytes() != made
    known, before = folder(papers) / ".halfday-made.json", contract.read_bytes()
    told = known.read_bytes()
    known.write_text("{", encoding="utf-8")  # half a file: nothing is known
    papers.command("plans", "make")
    assert contract.read_bytes() == before
    known.write_bytes(told)


def test_every_field_of_a_paper_is_listed_for_those_who_change_its_words() -> None:
    told = tomllib.loads((shipped() / "plans.toml").read_text(encoding="utf-8"))
    letters = tomllib.loads((shipped() / "letters.toml").read_text(encoding="utf-8"))
    known = told["field"].keys() | {row["id"] for row in letters["field"]}
    assert {row["id"] for row in told["paper"]} == set(TEMPLATES)
    for template in TEMPLATES:
        document = Document(BytesIO((shipped() / f"{template}.docx").read_bytes()))
        text = words(document) + "\n".join(p.text for p in document.sections[0].first_page_footer.paragraphs)
        loops = set(re.findall(r"for (\w+) in", text))
        used = set(re.findall(r"\{\{ (\w+)", text)) | set(re.findall(r"in (\w+) %", text))
        used |= set(re.findall(r"% if (\w+)", text)) | set(re.findall(r"p if (\w+)", text))
        assert used - loops <= known, template


@pytest.mark.libreoffice
def test_papers_fit_their_pages_as_pdf(papers: PlanSchool) -> None:
    code, said = papers.command("plans", "make", "P04", "--pdf", "--chart")
    assert code == 0, said
    pages = {}
    for path in folder(papers).glob("P04 *.pdf"):
        told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
        pages[path.name.split()[1]] = int(re.findall(r"Pages:\s+(\d+)", told)[0])
    assert pages == {"part-time-timetable": 2, "attendance-chart": 1}
