"""The documents cannot lie: commands, cell functions, settings and links in them are the real ones."""

import argparse
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from halfday import functions
from halfday.reference import entries
from halfday_sync import cli, config
from halfday_sync.letters import all_fields, all_templates
from halfday_sync.source_kinds import kinds
from halfday_sync.sources.tabular import read_mapping

ROOT = Path(__file__).parent.parent
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(path.relative_to(ROOT).parts))


def functions_table() -> str:
    rows = ["", "| function | gives |", "|---|---|"]
    rows += [
        f"| `{entry.signature}` | {' '.join(filter(None, (entry.summary, entry.details)))} |" for entry in entries()
    ]
    rows += ["", "| argument | what to give |", "|---|---|"]
    shared: dict[str, set[str]] = {}
    for entry in entries():
        for one in entry.parameters:
            shared.setdefault(f"| `{one.name}` | {one.help} |", set()).add(entry.name)
    rows += sorted(shared)
    return "\n".join([*rows, ""])


def verbs(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield choice.dest, choice.help or ""


def commands_table() -> str:
    rows = ["", "| command | does |", "|---|---|"]
    rows += [f"| `halfday {name}` | {words} |" for name, words in verbs(cli.parser())]
    return "\n".join([*rows, "", "`halfday COMMAND --help` has every option.", ""])


def kinds_tables() -> str:
    written = {"str": "text", "int": "number", "bool": "true or false", "list": "list", "table": "table"}
    rows = [""]
    for kind in kinds().values():
        rows += [f"**`{kind.name}`**: {kind.title}", "", "| setting | is | what it is | usual |", "|---|---|---|---|"]
        for one in kind.settings:
            choice = f"One of {', '.join(one.one_of)}." if one.one_of else ""
            words = " ".join(filter(None, (f"{one.ask}.", one.help, choice)))
            usual = f"`{json.dumps(one.usual)}`" if one.usual is not None else "needed" if one.needed else ""
            rows.append(f"| `{one.key}` | {written[one.type]} | {words} | {usual} |")
        rows.append("")
        for secret in kind.secrets:
            rows.append(f"- secret `{secret.name}`: {secret.ask}{secret.when}")
        rows += [""] if kind.secrets else []
    return "\n".join(rows)


def letters_table() -> str:
    rows = ["", "| letter | is called | what it is for | goes to |", "|---|---|---|---|"]
    for one in all_templates().values():
        how = "; one for brothers and sisters" if one.shared else "; a copy each" if one.per_carer else ""
        rows.append(f"| `{one.id}` | {one.title} | {' '.join(one.purpose.split())} | {one.for_whom}{how} |")
    return "\n".join([*rows, ""])


def fields_table() -> str:
    rows = ["", "| field | what Halfday fills in | for example | |", "|---|---|---|---|"]
    for one in all_fields().values():
        marks = {
            "for each child": one.each,
            "for each child, and for the family": one.both,
            "several lines": one.list,
            "yes or no": one.flag,
            "a dotted line where Halfday does not know it": one.staff,
        }
        notes = "; ".join(words for words, holds in marks.items() if holds)
        rows.append(f"| `{one.id}` | {one.meaning} | {one.example} | {notes} |")
    return "\n".join([*rows, ""])


@pytest.mark.parametrize(
    ("page", "block", "text"),
    [
        ("workbook_templates/letters/README.md", "letters", letters_table()),
        ("workbook_templates/letters/README.md", "fields", fields_table()),
        ("addin/README.md", "functions", functions_table()),
        ("sync/README.md", "commands", commands_table()),
        ("sync/README.md", "kinds", kinds_tables()),
    ],
)
def test_generated_tables_are_fresh(page: str, block: str, text: str, request: pytest.FixtureRequest) -> None:
    path = ROOT / page
    start, end = f"<!-- {block} -->", f"<!-- /{block} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(start)
    found, _, after = rest.partition(end)
    if request.config.getoption("--update-golden"):
        path.write_text(before + start + "\n" + text + end + after, encoding="utf-8")
        found = "\n" + text
    assert found == "\n" + text, f"{page} is out of date: pytest --update-golden writes it"


def test_every_command_and_function_says_what_it_does() -> None:
    assert all(words for _name, words in verbs(cli.parser()))
    for entry in entries():
        assert ">>>" in (getattr(functions, entry.name).__doc__ or ""), f"{entry.name} has no example"
        assert entry.example.startswith(f"={entry.name}("), "an example to insert into a cell"
        assert all(one.help for one in entry.parameters)
        assert len(entry.summary) <= 255, "Excel's function wizard shows no more"
        assert all(len(one.help) <= 255 for one in entry.parameters), "Excel's function wizard shows no more"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_toml_in_the_documents_can_be_read(page: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        tomllib.loads(block)


def test_commands_in_the_readmes_exist() -> None:
    known = {name for name, _words in verbs(cli.parser())}
    for page in PAGES:
        for name in re.findall(r"^(?:uv run )?halfday ([a-z]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
            assert name in known, f"{page.name} speaks of 'halfday {name}'"


def test_the_settings_in_the_readme_are_settings(tmp_path: Path) -> None:
    text = (ROOT / "sync" / "README.md").read_text(encoding="utf-8")
    block = re.findall(r"```toml\n(\[school\].*?)```", text, flags=re.DOTALL)[0]
    (tmp_path / config.FILE).write_text(block, encoding="utf-8")
    found = config.load(tmp_path)
    assert (found.policy, found.source["kind"]) == ("stanton-road", "tabular")


def test_the_mapping_file_in_the_readme_is_one(tmp_path: Path) -> None:
    text = (ROOT / "sync" / "README.md").read_text(encoding="utf-8")
    block = re.findall(r"```toml\n(date_order.*?)```", text, flags=re.DOTALL)[0]
    path = tmp_path / "mapping.toml"
    path.write_text(block, encoding="utf-8")
    assert read_mapping(path).date_order == "day first"


def test_the_two_commands_are_the_ones_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ours = re.findall(r"^pip install uv && (.+)$", readme, flags=re.MULTILINE)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert ours == ["uv run halfday demo", "uv run pytest"]
    assert all(re.search(rf"^{command}", ci, flags=re.MULTILINE) for command in ours)


def test_the_changelog_opens_with_what_can_move_a_pupil() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[0] == "Changes that can move a pupil's band or stage"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert any(heading.startswith(version) for heading in headings)


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    for line in project["dependencies"]:
        name = re.split(r"[><=\[]", line)[0]
        assert f"| {name} |" in readme, f"{name} has no line in the README"
