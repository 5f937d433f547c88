"""`halfday policy adopt`: a recorded act. All or nothing, once, and never without what was there before."""

import re
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.exports import Run
from tests.policy_tables import tables

from halfday import cells
from halfday.functions import ATT_POLICY
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday_sync.adopting import act
from halfday_sync.pipeline import work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path

DAY = date(2026, 1, 12)
WATH = policy_path("wath-central").read_text(encoding="utf-8")
Tables = list[list[list[Any]]]


def shown(name: str) -> Tables:
    policy = load(policy_path(name).read_text(encoding="utf-8"), name)
    return [[list(row) for row in table] for table in tables(policy)]


def _same(found: Tables) -> None:
    assert found


def adopt(
    run: Run, folder: Path, edit: Callable[[Tables], object], *options: str, of: str = "wath-central"
) -> tuple[int, str, str]:
    found = shown(of)
    edit(found)
    tried = folder.parent / "tried.toml"
    tried.write_text(ATT_POLICY(*found), encoding="utf-8")
    return run(
        "policy",
        "adopt",
        "--school",
        folder,
        "--from",
        tried,
        "--who",
        "A. Bell",
        "--as-of",
        DAY,
        *(options or ("--yes",)),
    )


def lower(found: Tables) -> None:
    found[1][0][3] = 95.5


def policy_of(folder: Path) -> Policy:
    return load((folder / "policy.toml").read_text(encoding="utf-8"), "policy")


def test_a_policy_written_without_headers_is_refused_with_what_to_write(run: Run, new_school: Path) -> None:
    text = cells.policy_text(load(WATH, "wath-central"))
    (new_school / "mine.toml").write_text(f'id = "mine"\n{text}', encoding="utf-8")
    (new_school / "halfday.toml").write_text('[school]\nname = "N"\npolicy = "mine.toml"\n', encoding="utf-8")
    code, _out, err = adopt(run, new_school, lambda found: found[0][0].__setitem__(2, 97))
    assert code == 3
    assert "band: write each one under its own [[band]]" in err


def test_adopting_copies_a_policy_that_comes_with_halfday_and_keeps_the_old_one(run: Run, new_school: Path) -> None:
    code, out, _err = adopt(run, new_school, lower)
    assert code == 0
    assert out.splitlines() == [
        "Stage 1 (Monitored): below 96% → below 95.5%.",
        "1 change, in force from 12 January 2026.",
        "There are no marks yet, so pupils could not be counted.",
        "Adopted by A. Bell: policy.toml. The policy before it is kept: policy-until-2026-01-11.toml.",
        "Next: halfday run writes the tracker with it.",
    ]
    assert (new_school / "policy-until-2026-01-11.toml").read_text(encoding="utf-8") == WATH
    new = policy_of(new_school)
    assert (new.valid_from, new.stages[0].below) == (DAY, Fraction("95.5"))
    settings = tomllib.loads((new_school / "halfday.toml").read_text(encoding="utf-8"))
    assert settings["school"] == {"name": "New", "policy": "policy.toml"}


def test_past_stages_keep_the_ladder_of_their_day(run: Run, new_school: Path) -> None:
    adopt(run, new_school, lower)
    (ladder,) = policy_of(new_school).earlier
    assert (ladder.until, ladder.min_possible, ladder.step_down) == (date(2026, 1, 11), 20, "review")
    assert [(rung.number, rung.below) for rung in ladder.stage] == [(1, Fraction(96)), (2, Fraction(92))]


def test_a_ladder_that_did_not_change_leaves_no_trace(run: Run, new_school: Path) -> None:
    code, _out, _err = adopt(run, new_school, lambda found: found[4][0].__setitem__(3, 9))
    assert (code, policy_of(new_school).earlier) == (0, ())


def test_adopting_again_changes_nothing(run: Run, new_school: Path) -> None:
    adopt(run, new_school, lower)
    before = {path.name: path.read_bytes() for path in new_school.iterdir()}
    code, out, _err = adopt(run, new_school, lower)
    assert (code, out) == (0, "Nothing differs from the policy in force: there is nothing to adopt.\n")
    assert {path.name: path.read_bytes() for path in new_school.iterdir()} == before


def test_two_adoptions_on_one_day_lose_nothing_and_add_one_ladder(run: Run, new_school: Path) -> None:
    adopt(run, new_school, lower)
    first = (new_school / "policy.toml").read_text(encoding="utf-8")
    adopt(run, new_school, lambda found: found[1][0].__setitem__(3, 94))
    kept = [path.read_text(encoding="utf-8") for path in new_school.glob("policy-until-*.toml")]
    assert sorted(kept) == sorted([WATH, first])
    assert [ladder.until for ladder in policy_of(new_school).earlier] == [date(2026, 1, 11)]
    assert policy_of(new_school).stages[0].below == 94


def test_a_later_adoption_adds_its_ladder_after_the_first(run: Run, new_school: Path) -> None:
    adopt(run, new_school, lower)
    code, _out, _err = adopt(
        run, new_school, lambda found: found[1][0].__setitem__(3, 94), "--yes", "--as-of", "2026-03-02"
    )
    assert code == 0
    assert [(one.until, one.stage[0].below) for one in policy_of(new_school).earlier] == [
        (date(2026, 1, 11), Fraction(96)),
        (date(2026, 3, 1), Fraction("95.5")),
    ]


def test_a_policy_cannot_begin_before_the_one_in_force(run: Run, new_school: Path) -> None:
    adopt(run, new_school, lower)
    code, _out, err = adopt(run, new_school, _same, "--yes", "--as-of", "2025-12-01")
    assert code == 3
    assert "The policy in force is that of 12 January 2026" in err


def test_a_dry_run_and_a_run_that_nobody_agreed_to_write_nothing(
    run: Run, new_school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(new_school.iterdir())
    code, out, _err = adopt(run, new_school, lower, "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, "Dry run: nothing was changed.")
    code, _out, err = adopt(run, new_school, lower, "--as-of", str(DAY))
    assert code == 2
    assert "Add --yes to adopt" in err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    code, out, _err = adopt(run, new_school, lower, "--as-of", str(DAY))
    assert (code, out.splitlines()[-1]) == (0, "Not adopted. Nothing was changed.")
    assert sorted(new_school.iterdir()) == before


@pytest.mark.parametrize(
    ("table", "column", "value", "fault"),
    [(1, 3, 80, "  - Stage 1, Monitored: can never be reached"), (4, 1, "", "has no owner")],
)
def test_a_fault_of_a_tried_policy_is_named_and_nothing_is_changed(
    run: Run, new_school: Path, table: int, column: int, value: object, fault: str
) -> None:
    code, out, err = adopt(run, new_school, lambda found: found[table][0].__setitem__(column, value))
    assert (code, out) == (3, "")
    assert fault in err
    assert not (new_school / "policy.toml").exists()


@pytest.mark.parametrize("text", ["#Policy table: a sentence", "", "not TOML at all", 'band = "x"'])
def test_a_file_that_is_no_policy_is_refused(run: Run, new_school: Path, text: str) -> None:
    path = new_school.parent / "tried.toml"
    path.write_text(text, encoding="utf-8")
    code, _out, err = run("policy", "adopt", "--school", new_school, "--from", path, "--who", "AB", "--yes")
    assert code == 3
    assert "Nothing was changed." in err


def test_a_file_that_is_not_there_and_an_empty_name_are_words_of_the_command(run: Run, new_school: Path) -> None:
    assert run("policy", "adopt", "--school", new_school, "--from", "nowhere.toml", "--who", "AB")[0] == 2
    assert run("policy", "adopt", "--school", new_school, "--from", "nowhere.toml", "--who", " ")[0] == 2


def test_a_schools_own_file_is_edited_where_it_is_and_the_settings_stay(run: Run, new_school: Path) -> None:
    (new_school / "rules").mkdir()
    own = new_school / "rules" / "ours.toml"
    own.write_text(WATH, encoding="utf-8")
    settings = '[school]\nname = "N"  # our name\npolicy = "rules/ours.toml"\n'
    (new_school / "halfday.toml").write_text(settings, encoding="utf-8")
    code, out, _err = adopt(run, new_school, lower)
    assert (code, "Adopted by A. Bell: ours.toml." in out) == (0, True)
    assert load(own.read_text(encoding="utf-8"), "x").stages[0].below == 95.5
    assert (new_school / "halfday.toml").read_text(encoding="utf-8") == settings


def test_a_file_of_windows_keeps_its_line_ends_and_is_recorded_as_a_run_reads_it(run: Run, school: Path) -> None:
    text = policy_path("stanton-road").read_text(encoding="utf-8").replace("\n", "\r\n")
    (school / "policy.toml").write_bytes(text.encode())
    settings = (school / "halfday.toml").read_text(encoding="utf-8").replace('"stanton-road"', '"policy.toml"')
    (school / "halfday.toml").write_bytes(settings.replace("\n", "\r\n").encode())
    assert adopt(run, school, lambda found: found[1][1].__setitem__(3, 93.5), of="stanton-road")[0] == 0
    assert (school / "policy-until-2026-01-11.toml").read_bytes() == text.encode()
    assert b"\n" not in (school / "policy.toml").read_bytes().replace(b"\r\n", b"")
    assert recorded(school) == [f"{policy_of(school).fingerprint} by A. Bell"]


def test_a_name_cannot_break_the_file(run: Run, new_school: Path) -> None:
    code, _out, _err = adopt(run, new_school, lower, "--yes", "--who", 'Ann\x07 "B"\n# x = 1')
    first = (new_school / "policy.toml").read_text(encoding="utf-8")
    assert code == 0
    assert 'adopted by Ann "B" # x = 1; before it' in first


def test_a_file_called_policy_that_is_not_in_force_is_never_replaced(run: Run, new_school: Path) -> None:
    (new_school / "policy.toml").write_text("# a draft\n", encoding="utf-8")
    assert adopt(run, new_school, lower)[0] == 0
    assert (new_school / "policy.toml").read_text(encoding="utf-8") == "# a draft\n"
    settings = tomllib.loads((new_school / "halfday.toml").read_text(encoding="utf-8"))
    assert settings["school"]["policy"] == "policy (2).toml"


# --- the store, and being stopped ------------------------------------------------------------------------------------


def recorded(folder: Path) -> list[str]:
    with Store.open(folder / "halfday.db") as store:
        return [row.key for row in store.announced(act.RECORDED)]


def test_the_store_remembers_who_adopted_what_and_pupils_who_would_move_are_counted(run: Run, school: Path) -> None:
    code, out, _err = adopt(run, school, lambda found: found[1][1].__setitem__(3, 95), of="stanton-road")
    assert code == 0
    assert re.search(
        r"Had it been in force already, \d+ pupils would be at another stage today: \d+ higher, 0 lower\.", out
    )
    assert recorded(school) == [f"{policy_of(school).fingerprint} by A. Bell"]


@pytest.mark.parametrize("stopped_at", [1, 2, 3])
def test_stopped_at_any_write_one_policy_is_in_force_and_the_next_run_finishes(
    run: Run, school: Path, monkeypatch: pytest.MonkeyPatch, stopped_at: int
) -> None:
    def edit(found: Tables) -> None:
        found[1][1][3] = 93.5

    write, calls = act._write, []

    def stop(path: Path, text: str) -> None:
        calls.append(path)
        if len(calls) == stopped_at:
            raise KeyboardInterrupt
        write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(act, "_write", stop)
        with pytest.raises(KeyboardInterrupt):
            adopt(run, school, edit, of="stanton-road")
    assert recorded(school) == []
    assert run("check", "--school", school)[0] == 0
    code, _out, _err = adopt(run, school, edit, of="stanton-road")
    assert (code, policy_of(school).stages[1].below, len(recorded(school))) == (0, Fraction("93.5"), 1)
    assert [path.name for path in school.glob("policy*")].count("policy.toml") == 1


def test_a_file_written_but_not_recorded_is_recorded_by_the_next_run(run: Run, school: Path) -> None:
    adopt(run, school, lambda found: found[1][1].__setitem__(3, 93.5), of="stanton-road")
    (school / "halfday.db").rename(school / "elsewhere.db")
    with Store.open(
        school / "halfday.db", school=tomllib.loads((school / "halfday.toml").read_text())["school"]["name"]
    ):
        pass
    assert recorded(school) == []
    adopt(run, school, lambda found: found[1][1].__setitem__(3, 93.5), of="stanton-road")
    assert recorded(school) == [f"{policy_of(school).fingerprint} by A. Bell"]


def test_a_file_that_cannot_be_written_leaves_the_policy_in_force(
    run: Run, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    code, _out, err = adopt(run, school, lambda found: found[1][1].__setitem__(3, 93.5), of="stanton-road")
    assert code == 5
    assert "policy-until-2026-01-11.toml cannot be written: No space left on device." in err
    assert not list(school.glob("policy*"))
    assert recorded(school) == []


def test_a_policy_that_somebody_edits_meanwhile_is_not_overwritten(
    run: Run, new_school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = new_school / "policy.toml"
    own.write_text(WATH, encoding="utf-8")
    (new_school / "halfday.toml").write_text('[school]\nname = "N"\npolicy = "policy.toml"\n', encoding="utf-8")
    edited = f"{WATH}\n# somebody was here\n"

    def agree(_question: str) -> str:
        own.write_text(edited, encoding="utf-8")
        return "yes"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", agree)
    code, _out, err = adopt(run, new_school, lower, "--as-of", str(DAY))
    assert (code, own.read_text(encoding="utf-8")) == (3, edited)
    assert "Somebody changed policy.toml meanwhile." in err


def test_stages_of_days_before_are_as_they_were_decided_under_the_policy_of_their_day(run: Run, school: Path) -> None:
    def stages(policy: Policy) -> list[int]:
        with Store.open(school / "halfday.db") as store:
            return [one.stage for one in work_out(store, policy, date(2025, 12, 5)).outcomes]

    def stricter(found: Tables) -> None:
        found[1][1][3], found[3] = 95, [[1], ["immediately"]]

    old = load(policy_path("stanton-road").read_text(encoding="utf-8"), "stanton-road")
    assert adopt(run, school, stricter, of="stanton-road")[0] == 0
    new = policy_of(school)
    assert stages(new) == stages(old)
    assert stages(replace(new, earlier=())) != stages(old)
