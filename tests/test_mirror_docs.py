"""The pages about the Google copy cannot lie: messages, verbs, tabs and columns that they name are the real ones."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from halfday_sync import cli
from halfday_sync.doctor.google import PAGES
from halfday_sync.mirroring.design import design
from halfday_sync.sheets.connecting import SCOPES
from halfday_sync.sheets.model import SLT

ROOT = Path(__file__).parent.parent
SHEETS = ROOT / "sync" / "halfday_sync" / "sheets"
FOR_IT = (SHEETS / "README.md").read_text(encoding="utf-8")
FOR_SLT = (ROOT / "workbook_templates" / "GOOGLE_COPY.md").read_text(encoding="utf-8")
OVERVIEW = (ROOT / "sync" / "README.md").read_text(encoding="utf-8")


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """The rows of the table below a heading."""
    _, _, rest = text.partition(f"{heading}\n")
    table = rest.split("\n## ")[0].split("\n### ")[0]
    for line in table.splitlines():
        if line.startswith("| ") and "---" not in line:
            yield [cell.strip() for cell in line.strip("|").split("|")]


def told() -> str:
    """Every text of the product about Google, as the parser joins them; what only explains the code left out."""
    found: list[str] = []
    for path in (*SHEETS.glob("*.py"), *(SHEETS.parent / "mirroring").glob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        explaining = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        found.extend(
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining
        )
    return "\n".join(found)


def test_every_message_that_is_explained_is_one_that_is_said() -> None:
    said = told()
    table = list(rows(FOR_IT, "### What to do when it says …"))[1:]
    assert len(table) >= 15
    for message, what in table:
        assert what
        parts = [part.strip(" .") for part in re.split(r"…|;| / |\d+", message) if len(part.strip(" .")) > 8]
        assert parts, message
        for part in parts:
            assert part in said, f"{part!r} is not said anywhere"


def test_the_hosts_and_scopes_are_those_that_are_used() -> None:
    hosts = {page.split("/")[2] for page in PAGES}
    assert len(hosts) == 3
    assert all(f"`{host}`" in FOR_IT for host in hosts)
    for scope in SCOPES:
        assert f"`{scope.rpartition('/')[2]}`" in FOR_IT


def test_every_verb_that_is_named_is_there() -> None:
    parser = next(
        action.choices["mirror"] for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    known = next(action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for page in (FOR_IT, FOR_SLT, OVERVIEW):
        named = set(re.findall(r"halfday mirror (\w+)", page))
        assert named <= set(known)
    assert set(re.findall(r"halfday mirror (\w+)", OVERVIEW)) == set(known), "the overview has them all"


def test_the_tabs_and_the_columns_to_answer_in_are_the_real_ones() -> None:
    named = re.findall(r"^\| \*\*(.+?)\*\* \|", FOR_SLT, flags=re.MULTILINE)
    assert named == [tab.title for tab in design().tabs]
    answers = [one.column.title for tab in design().tabs for one in tab.columns if one.column.owner == SLT]
    assert [row[0] for row in rows(FOR_SLT, "## Answering")][1:] == answers


def test_it_is_said_that_nobody_has_tried_it_with_the_real_google() -> None:
    assert "**Nobody has run this against the real Google yet.**" in FOR_IT
    assert "selfcheck" in FOR_IT
