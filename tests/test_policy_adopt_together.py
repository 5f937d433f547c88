"""`halfday policy adopt` beside other people and on other days, and with files that an old Notepad wrote."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.exports import Run
from tests.test_policy_adopt import DAY, WATH, adopt, lower, policy_of, recorded, shown

from halfday.functions import ATT_POLICY
from halfday_sync import config as settings
from halfday_sync.adopting import Adoption, carry_out, first_day, plan
from halfday_sync.adopting.alone import BUSY, alone
from halfday_sync.errors import InUseError, SettingsError, UsageError
from halfday_sync.store import Store

TODAY = date(2026, 1, 12)


def planned(folder: Path, who: str, figure: float, of: str) -> Adoption:
    found = shown(of)
    found[1][1][3] = figure
    return plan(settings.load(folder), ATT_POLICY(*found), on=DAY, who=who)


def carried_out(adoption: Adoption, folder: Path) -> None:
    config = settings.load(folder)
    with Store.open(config.store, school=config.school) if config.store.is_file() else nullcontext() as store:
        carry_out(adoption, config, store)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".db"}


@pytest.mark.parametrize("kind", ["school", "new_school"])
def test_of_two_people_who_adopt_at_once_the_second_is_stopped(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(kind)
    of = "stanton-road" if kind == "school" else "wath-central"
    anna, ben = planned(folder, "Anna", 90.5, of), planned(folder, "Ben", 91, of)
    carried_out(ben, folder)
    before = files(folder)
    with pytest.raises(SettingsError, match="Somebody put another policy into") as stop:
        carried_out(anna, folder)
    assert "Nothing was changed." in stop.value.text()
    assert files(folder) == before
    assert policy_of(folder).stages[1].below == 91
    if kind == "school":
        assert recorded(folder) == [f"{policy_of(folder).fingerprint} by Ben"]


def _other_policy(folder: Path) -> None:
    (folder / "halfday.toml").write_text('[school]\nname = "New"\npolicy = "stanton-road"\n', encoding="utf-8")


def _a_draft(folder: Path) -> None:
    (folder / "policy.toml").write_text("# a draft\n", encoding="utf-8")


def _a_kept_one(folder: Path) -> None:
    (folder / "policy-until-2026-01-11.toml").write_text("# of somebody else\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (_other_policy, "Somebody put another policy into halfday.toml meanwhile."),
        (_a_draft, "Somebody wrote policy.toml meanwhile."),
        (_a_kept_one, "Somebody wrote policy-until-2026-01-11.toml meanwhile."),
    ],
)
def test_what_was_written_while_a_person_decides_is_never_replaced(
    new_school: Path, meanwhile: Callable[[Path], None], said: str
) -> None:
    anna = planned(new_school, "Anna", 90.5, "wath-central")
    meanwhile(new_school)
    before = files(new_school)
    with pytest.raises(SettingsError) as stop:
        carried_out(anna, new_school)
    assert stop.value.what == said
    assert files(new_school) == before


def test_a_policy_file_that_is_gone_meanwhile_is_a_sentence(new_school: Path) -> None:
    own = new_school / "mine.toml"
    own.write_text(WATH, encoding="utf-8")
    (new_school / "halfday.toml").write_text('[school]\nname = "N"\npolicy = "mine.toml"\n', encoding="utf-8")
    anna = planned(new_school, "Anna", 90.5, "wath-central")
    own.unlink()
    with pytest.raises(SettingsError) as stop:
        carried_out(anna, new_school)
    assert stop.value.what == "Somebody changed mine.toml meanwhile."


def test_without_a_store_one_person_adopts_at_a_time(run: Run, new_school: Path) -> None:
    before = files(new_school)
    with alone(new_school):
        code, _out, err = adopt(run, new_school, lower)
        assert (code, (new_school / BUSY).exists()) == (5, True)
    assert "Somebody else is adopting a policy for this school just now." in err
    assert files(new_school) == before
    assert adopt(run, new_school, lower)[0] == 0
    assert not (new_school / BUSY).exists()


def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InUseError, match="Nothing can be written in the school's folder"), alone(tmp_path / "gone"):
        pass


# --- the day ---------------------------------------------------------------------------------------------------------


def test_a_policy_is_in_force_from_today() -> None:
    assert first_day(None, today=TODAY, decided=None) == TODAY
    assert first_day(TODAY, today=TODAY, decided=TODAY) == TODAY


def test_a_day_after_today_is_refused(run: Run, new_school: Path) -> None:
    before = files(new_school)
    code, _out, err = adopt(run, new_school, lower, "--yes", "--as-of", "9000-01-01")
    assert (code, files(new_school)) == (2, before)
    assert "A policy is in force from the day it is adopted, and that day is after today." in err
    with pytest.raises(UsageError):
        first_day(TODAY + timedelta(days=1), today=TODAY, decided=None)


@pytest.mark.parametrize("decided", [None, date(2026, 1, 9)])
def test_an_earlier_day_is_for_looking_back_where_nothing_is_decided_yet(decided: date | None) -> None:
    yesterday = TODAY - timedelta(days=1)
    assert first_day(yesterday, today=TODAY, decided=decided) == yesterday


@pytest.mark.parametrize("decided", [date(2026, 1, 11), date(2026, 1, 12), date(2026, 1, 15)])
def test_an_earlier_day_whose_stages_are_decided_is_refused(decided: date) -> None:
    with pytest.raises(SettingsError, match=f"Stages up to {decided.day} January 2026 are decided, and stay as they"):
        first_day(TODAY - timedelta(days=1), today=TODAY, decided=decided)


def test_stages_that_a_run_decided_are_not_decided_again(run: Run, school: Path) -> None:
    with Store.open(school / "halfday.db") as store:
        decided = store.latest_outcome_day(date.max)
    assert decided
    before = files(school)
    code, _out, err = adopt(run, school, lower, "--yes", "--as-of", str(decided), of="stanton-road")
    assert (code, files(school)) == (3, before)
    assert "are decided, and stay as they are." in err
    day_after = str(decided + timedelta(days=1))
    code, _out, _err = adopt(
        run, school, lambda found: found[1][1].__setitem__(3, 93.5), "--yes", "--as-of", day_after, of="stanton-road"
    )
    assert code == 0


# --- a byte-order mark -----------------------------------------------------------------------------------------------

MARK = b"\xef\xbb\xbf"


def test_settings_and_policy_with_a_byte_order_mark_are_read_and_keep_it(run: Run, new_school: Path) -> None:
    (new_school / "mine.toml").write_bytes(MARK + WATH.replace("\n", "\r\n").encode())
    (new_school / "halfday.toml").write_bytes(MARK + b'[school]\r\nname = "N"\r\npolicy = "mine.toml"\r\n')
    assert run("policy", "lint", new_school / "mine.toml")[0] == 0
    code, out, _err = adopt(run, new_school, lower)
    assert (code, "Adopted by A. Bell: mine.toml." in out) == (0, True)
    assert (new_school / "mine.toml").read_bytes().startswith(MARK + WATH[:20].encode().replace(b"\n", b"\r\n"))
    assert (new_school / "policy-until-2026-01-11.toml").read_bytes().startswith(MARK)
    again, out, _err = adopt(run, new_school, lower)
    assert (again, out) == (0, "Nothing differs from the policy in force: there is nothing to adopt.\n")


def test_settings_with_a_byte_order_mark_keep_it_when_they_name_the_new_policy(run: Run, new_school: Path) -> None:
    path = new_school / "halfday.toml"
    path.write_bytes(MARK + path.read_bytes())
    assert adopt(run, new_school, lower)[0] == 0
    assert path.read_bytes() == MARK + b'[school]\nname = "New"\npolicy = "policy.toml"\n'


def test_a_tried_policy_may_have_a_byte_order_mark(run: Run, new_school: Path) -> None:
    found = shown("wath-central")
    lower(found)
    tried = new_school.parent / "marked.toml"
    tried.write_bytes(MARK + ATT_POLICY(*found).encode())
    words = ("policy", "adopt", "--school", new_school, "--from", tried, "--who", "AB", "--dry-run")
    code, out, _err = run(*words)
    assert (code, out.splitlines()[0]) == (0, "Stage 1 (Monitored): below 96% → below 95.5%.")
