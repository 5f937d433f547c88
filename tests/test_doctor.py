"""`halfday doctor` for the technician: lines in words, one thing to do next, an exit code, JSON, nothing changed."""

import argparse
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.doctor_site import CHECKS, GROUPS, NOW, all_right, on, probing, set_up

from halfday_sync import config as settings
from halfday_sync.commands import addin, check, doctor
from halfday_sync.doctor import report
from halfday_sync.doctor.finding import Finding, Level, Site, examine
from halfday_sync.errors import Exit
from halfday_sync.store import Store

ROOT = Path(__file__).parent.parent
Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return all_right(tmp_path)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Doctor:
    """The command on this computer, away from any school; gives its exit code and what it says."""
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        doctor.add(parser.add_subparsers())
        args = parser.parse_args(["doctor", *map(str, words)])
        args.now = NOW.replace(hour=10)  # the demonstration's morning is over
        said: list[str] = []
        code = args.run(args, said.append)
        return int(code), "\n".join(said)

    return command


def told(site: Site, *, everything: bool = False) -> list[str]:
    return list(report.lines(examine(GROUPS, site), everything=everything))


def one_line(out: str) -> str:
    """What was said, as if no line had been folded."""
    return " ".join(out.split())


def test_where_all_is_well_every_check_has_its_line_and_the_last_says_so(site: Site) -> None:
    lines = told(site)
    assert sum("✓ fine" in line for line in lines) == len(CHECKS)
    assert lines[-1] == "All is well. Nothing needs doing."
    assert report.exit_code(examine(GROUPS, site)) is Exit.DONE


def test_a_sign_never_stands_without_its_word(site: Site) -> None:
    everything = probing(server=False, space=1_000_000_000, broken=frozenset({"zone"}))(site)
    signs = [line.split(":")[0] for line in told(everything) if line.startswith("  ") and not line.startswith("   ")]
    assert list(dict.fromkeys(signs)) == ["  ✗ put right", "  ! cannot tell", "  ! to know", "  ✓ fine"], (
        "in this order"
    )


def test_what_is_wrong_says_why_it_matters_and_what_to_do(site: Site) -> None:
    lines = told(probing(server=False)(site))
    at = next(n for n, line in enumerate(lines) if "✗" in line)
    assert lines[at] == (
        "  ✗ put right: Python for Excel: it does not answer. This matters because live cells wait for it."
    )
    assert lines[at + 1].strip().startswith("Next: ")
    assert lines[-1].startswith("Do this next (Python for Excel): ")


def test_a_sentence_ends_with_one_full_stop() -> None:
    found = Finding("The school", "store", "Store", Level.WRONG, "There is no file in nosuch.", "it holds every mark")
    line, *_rest = report.lines([found])
    assert line.endswith("Store: There is no file in nosuch. This matters because it holds every mark.")


def test_the_one_thing_to_do_next_is_what_is_wrong_before_what_is_good_to_know(site: Site) -> None:
    unwell = probing(space=1_900_000_000, broken=frozenset({"zone"}))(site)
    assert told(unwell)[-1].startswith("Nothing is wrong. If you have a minute (Mark of the Web): ")
    worse = probing(server=False)(set_up(addin_address="http://a.example")(unwell))
    assert told(worse)[-1].startswith("7 things to put right. Do this first (Python for Excel): ")


def test_what_does_not_apply_is_one_line_for_each_reason(site: Site) -> None:
    elsewhere = replace(on(system="Linux")(site), config=None)
    assert "Not looked at" not in told(elsewhere)
    lines = told(elsewhere, everything=True)
    at = lines.index("Not looked at")
    reasons = [line.split(":")[0].strip(" -") for line in lines[at + 1 : -2]]
    assert reasons == [
        "not on this system",
        "not needed, since halfday.toml has no address of an Excel 365 add-in",
        "not looked at, since no school was named",
    ]


def test_a_school_without_macros_is_not_asked_about_macros(site: Site) -> None:
    plain = set_up(workbook=site.machine.home / "tracker.xlsx")(site)
    out = [one.id for one in examine(GROUPS, plain) if "no macros" in one.what]
    assert {"com-server", "log-on", "trusted-location", "macro-policy", "asr-win32-macros"} <= set(out)


def test_the_json_tells_the_same_to_a_program(site: Site) -> None:
    unwell = probing(server=False)(site)
    findings = examine(GROUPS, unwell)
    found = json.loads(report.as_json(findings, unwell))
    assert list(found) == ["halfday", "school", "system", "checked_at", "exit_code", "next", "checks"]
    assert (found["school"], found["system"], found["exit_code"]) == ("Ours", "Windows", 3)
    assert [row["id"] for row in found["checks"]] == list(CHECKS)
    assert {row["level"] for row in found["checks"]} == {"fine", "put right"}
    assert found["next"] == next(row["next"] for row in found["checks"] if row["level"] == "put right")
    assert all(list(row) == ["id", "group", "title", "level", "what", "why", "next"] for row in found["checks"])


def test_the_exit_code_is_the_highest_of_what_must_be_put_right(site: Site) -> None:
    findings = examine(GROUPS, probing(server=False, space=1_000_000_000)(site))
    assert report.exit_code(findings) is Exit.SETTINGS, "the computer; what is only good to know does not count"
    worse = [replace(one, level=Level.WRONG, code=Exit.SOURCE) if one.id == "source" else one for one in findings]
    assert report.exit_code(worse) is Exit.SOURCE
    assert json.loads(report.as_json(worse, site))["exit_code"] == 4


@pytest.mark.parametrize(("ended", "code"), [(1, 3), (3, 3), (4, 4), (5, 5), (6, 6)])
def test_a_run_that_failed_gives_its_own_exit_code(ended: int, code: int, site: Site) -> None:
    assert site.config
    with Store.open(site.config.store) as store:
        store.finish_run(store.start_run(started=NOW, as_of=NOW.date()), finished=NOW, exit_code=ended)
    assert int(report.exit_code(examine(GROUPS, site))) == code


def test_no_line_is_wider_than_a_terminal_but_a_command_to_copy(run: Doctor, school: Path) -> None:
    with Store.open(school / "halfday.db") as store:
        store.ask({"gone-ab12": "40 pupils are gone."}, "wonde", f"halfday run --school {school}", at=NOW)
    code, out = run("--school", school)
    wide = {line.strip() for line in out.splitlines() if len(line) > 80}
    assert wide == {f"halfday run --school {school} --accept gone-ab12 --who YOUR-NAME"}
    assert (code, out.splitlines()[0].startswith("  ✗ put right: Open question: ")) == (4, True)


def test_on_this_computer_it_runs_without_a_school(run: Doctor) -> None:
    code, out = run("--all")
    assert code == 0
    assert "no school was named" in out


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_looks_at_a_school_and_changes_nothing(run: Doctor, school: Path) -> None:
    before = digests(school)
    code, out = run("--school", school)
    assert code == 0
    for title in ("Settings", "Policy", "Store", "Tracker", "Last run", "Disk", "Rights"):
        assert re.search(rf"^  . (fine|to know): {title}: ", out, flags=re.MULTILINE), out
    assert digests(school) == before


def test_a_damaged_store_is_something_to_put_right(run: Doctor, school: Path) -> None:
    (school / "halfday.db").write_bytes(b"not a database at all, but long enough to look at")
    code, out = run("--school", school)
    assert code == 3
    assert "✗ put right: Store:" in out


def test_wrong_settings_are_told_and_the_computer_is_examined_all_the_same(run: Doctor, tmp_path: Path) -> None:
    (tmp_path / settings.FILE).write_text('[school]\nname = "x"\n', encoding="utf-8")
    code, out = run()
    assert code == 3
    assert "school.policy: is missing" in out
    assert "✓ fine: Python:" in out
    code, out = run("--school", tmp_path / "none")
    assert code == 3
    assert "There is no halfday.toml" in out


def test_it_writes_a_file_for_whoever_helps_and_says_what_is_in_it(run: Doctor, school: Path, tmp_path: Path) -> None:
    before = digests(school)
    code, out = run("--school", school, "--bundle", tmp_path / "help.zip")
    assert (code, digests(school)) == (0, before)
    assert f"Written: {tmp_path / 'help.zip'} (README.txt, findings.txt, " in one_line(out)
    _code, document = run("--school", school, "--json", "--bundle", tmp_path / "again.zip")
    assert json.loads(document)["exit_code"] == 0
    assert (tmp_path / "again.zip").is_file()


def test_no_pupil_is_named(run: Doctor, school: Path) -> None:
    with Store.open(school / "halfday.db") as store:
        names = {pupil.surname for pupil in store.pupils()}
    _code, lines = run("--school", school)
    _code, document = run("--school", school, "--json")
    assert names
    assert not {name for name in names if re.search(rf"\b{re.escape(name)}\b", lines + document)}


def test_its_checks_of_the_school_are_those_of_halfday_check(run: Doctor, school: Path) -> None:
    said: list[str] = []
    check.run(argparse.Namespace(school=school, today=date(2025, 12, 5), now=NOW), said.append)
    _code, out = run("--school", school)
    for name, title in (("store", "Store"), ("workbook", "Tracker")):
        line = next(line for line in said if line.startswith(f"{name}: ")).partition(": ")[2]
        assert f"{title}: {line}" in one_line(out)


def test_the_commands_that_it_names_exist() -> None:
    parser = argparse.ArgumentParser()
    addin.add(parser.add_subparsers())
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "sync/halfday_sync/doctor").glob("*.py"))
    named = set(re.findall(r"halfday (addin \w+(?: (?:logon|serve))?)", sources))
    assert {"addin desktop logon", "addin build", "addin libreoffice"} <= named
    for words in named:
        with pytest.raises(SystemExit) as stop:
            parser.parse_args([*words.split(), "--help"])
        assert stop.value.code == 0, words


def test_every_level_has_its_sign() -> None:
    assert set(report.SIGNS) == set(Level)
