"""A pack that was made stays as it is: the same comes again to the byte, and what is stopped leaves nothing."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.referral_school import (
    FOR_ISLA,
    ISLA,
    NAMES,
    ReferralSchool,
    bytes_of,
    copy_of,
    names,
    words,
)

from halfday_sync import config
from halfday_sync.commands import refer_told
from halfday_sync.commands.refer_password import ask_password, made_password
from halfday_sync.entries import CONTACTS
from halfday_sync.errors import Exit, UsageError
from halfday_sync.referrals.proof import Leak, Proof
from halfday_sync.referrals.sealed import opened as unsealed
from halfday_sync.referring import making
from halfday_sync.store import Store


@pytest.fixture
def school(referral_school: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(referral_school, tmp_path / "oak")


@pytest.fixture
def ready(answered_school: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(answered_school, tmp_path / "oak")


# --- The same again ---------------------------------------------------------------------------------------------------


def test_the_same_pack_is_not_made_twice(ready: ReferralSchool) -> None:
    path = ready.pack(*FOR_ISLA)
    before = bytes_of(path)
    code, said = ready.refer(*FOR_ISLA)
    assert (code, "nothing was written. It is R1 in the log." in said) == (0, True)
    assert bytes_of(path) == before
    assert len(ready.log) == 1


def test_what_changed_since_gives_another_folder_and_the_first_stays(ready: ReferralSchool) -> None:
    path = ready.pack(*FOR_ISLA)
    before = bytes_of(path)
    ready.begin(CONTACTS, {"date": ready.today, "pupil_id": ISLA, "what": "Call", "outcome": "No answer", "who": "Jo"})
    code, said = ready.refer(*FOR_ISLA)
    assert (code, "Another one of this day is in 2025-10-13 slip, and stays as it is" in said) == (0, True)
    assert "No answer" in words(ready.packs / ISLA / "2025-10-13 slip (2)")
    assert bytes_of(path) == before
    assert [key for key, *_ in ready.log] == ["R1", "R2"]


def test_from_the_log_the_same_files_come_to_the_byte_though_all_has_changed(ready: ReferralSchool) -> None:
    path = ready.pack(*FOR_ISLA, "--siblings")
    before = bytes_of(path)
    for one in path.iterdir():
        one.unlink()
    path.rmdir()
    ready.begin(CONTACTS, {"date": ready.today, "pupil_id": ISLA, "what": "Call", "outcome": "No answer", "who": "Jo"})
    ready.answer(early_help="Open")
    (ready.folder / "referral_profiles" / "slip.toml").unlink()
    ready.go_on(["ill"], days=2)
    ready.again()

    code, said = ready.refer("--again", "r1")

    assert code == 0, said
    assert bytes_of(path) == before
    assert len(ready.log) == 1
    assert ready.refer("--again", "R1")[1].startswith("The same pack about pupil P03 is there already")
    code, said = ready.refer("--again", "R9")
    assert (code, "There is no pack R9." in said) == (Exit.USAGE, True)


def test_the_log_says_what_was_made_without_names(ready: ReferralSchool) -> None:
    assert "No pack was made yet." in ready.refer("--log")[1]
    ready.pack(*FOR_ISLA)
    ready.pack("P01", "--profile", "kent", "--draft")
    code, said = ready.refer("--log")
    lines = said.splitlines()
    assert (code, len(lines)) == (0, 2)
    assert lines[0].startswith("R1  2025-10-13  pupil P03  slip  referrals/P03/2025-10-13 slip  manifest.toml ")
    assert lines[1].startswith("R2  2025-10-13  pupil P01  kent, draft  referrals/P01/2025-10-13 kent draft  ")
    assert len(ready.refer("--log", "p03")[1].splitlines()) == 1
    assert not any(name in said for one in NAMES.values() for name in one)


def test_profiles_are_looked_at_without_a_school(school: ReferralSchool) -> None:
    code, said = school.refer("--lint", "slip")
    assert code == 0, said
    (school.folder / "referral_profiles" / "bad.toml").write_text("title = 3\n", encoding="utf-8")
    code, said = school.refer("--lint", "bad")
    assert (code, "title" in said) == (Exit.SETTINGS, True)


# --- Nothing is written -----------------------------------------------------------------------------------------------


def everything(folder_: Path) -> dict[str, bytes]:
    kept = [path for path in folder_.rglob("*") if path.is_file() and not path.name.startswith("halfday.db")]
    return {str(path): path.read_bytes() for path in kept if "log" not in path.name}


def test_a_dry_run_writes_nothing_and_takes_everything_back(ready: ReferralSchool) -> None:
    ready.begin(CONTACTS, {"date": ready.today, "pupil_id": ISLA, "what": "Call", "outcome": "No answer", "who": "Jo"})
    before = everything(ready.folder)
    with Store.open(config.load(ready.folder).store) as store:
        typed = store.entries()
    code, said = ready.refer(*FOR_ISLA, "--dry-run")
    assert (code, "Dry run: the pack about pupil P03, 7 sheets, would be made." in said) == (0, True)
    code, said = ready.refer("P01", "--profile", "slip", "--draft", "--dry-run")
    assert (code, "A list of questions would be made." in said) == (0, True)
    assert everything(ready.folder) == before
    assert ready.log == []
    with Store.open(config.load(ready.folder).store) as store:
        assert store.entries() == typed


def test_a_look_back_is_refused_and_a_day_to_come_too(ready: ReferralSchool) -> None:
    code, said = ready.refer(*FOR_ISLA, today=ready.today - timedelta(days=3))
    assert (code, "A later morning is in the tracker." in said) == (Exit.SAFETY, True)
    code, said = ready.refer(*FOR_ISLA, today=date(2099, 1, 1))
    assert (code, "is later than today" in said) == (Exit.USAGE, True)
    assert ready.log == []


@pytest.mark.parametrize("fault", ["a leak", "a formula"])
def test_where_somebody_else_would_be_in_it_nothing_is_put_in_place(
    ready: ReferralSchool, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    leak = Leak("pack.xlsx", "Chronology", "C7", "full name", ("P01",))
    found = Proof(1, leaks=(leak,)) if fault == "a leak" else Proof(1, faults=("pack.xlsx, Cover: a formula",))
    monkeypatch.setattr(making, "prove", lambda *_: found)
    code, said = ready.refer(*FOR_ISLA)
    assert code == Exit.SAFETY
    assert ("full name of pupil P01" if fault == "a leak" else "a formula") in said
    assert names(ready.packs / ISLA) == ["questions.xlsx"]
    assert ready.log == []


def test_a_name_that_covering_misses_is_caught_by_the_proof(
    ready: ReferralSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two share nothing: were the one broken, the other stops the pack."""
    from halfday_sync.referrals.covering import Covering

    monkeypatch.setattr(Covering, "words", lambda _self, text: text)
    code, said = ready.refer(*FOR_ISLA)
    assert code == Exit.SAFETY
    assert "pack.pdf" in said
    assert "pupil P01" in said
    assert "Khan" not in said
    assert ready.log == []


def test_a_disk_that_is_full_leaves_nothing(ready: ReferralSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuse)
        code, said = ready.refer(*FOR_ISLA)
    assert (code, "No space left on device" in said) == (Exit.SAFETY, True)
    assert names(ready.packs / ISLA) == ["questions.xlsx"]
    assert ready.log == []
    assert ready.refer(*FOR_ISLA)[0] == 0
    assert [key for key, *_ in ready.log] == ["R1"]


# --- To send ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What somebody types when asked for a password."""
    told: list[str] = []
    ask = lambda said: ask_password(said, lambda _words: told.pop(0))  # noqa: E731
    monkeypatch.setattr(refer_told, "ask_password", ask)
    yield told
    assert not told, "it was asked for as often as was typed"


def test_the_file_to_send_opens_with_the_password_only(ready: ReferralSchool, typed: list[str]) -> None:
    typed += ["four words do well", "four words do well"]
    code, said = ready.refer(*FOR_ISLA, "--encrypt")
    assert code == 0, said
    assert "four words" not in said
    path = ready.packs / ISLA / "2025-10-13 slip"
    assert names(path) == ["manifest.toml", "pack to send.xlsx", "pack.pdf", "pack.xlsx"]
    data = (path / "pack to send.xlsx").read_bytes()
    assert unsealed(data, "four words do well") == (path / "pack.xlsx").read_bytes()
    assert b"Fenwick" not in data
    assert "four words" not in (path / "manifest.toml").read_text(encoding="utf-8")
    assert b"four words" not in config.load(ready.folder).store.read_bytes()


def test_a_password_that_is_made_is_said_once(ready: ReferralSchool, typed: list[str]) -> None:
    typed += [""]
    code, said = ready.refer(*FOR_ISLA, "--encrypt")
    assert code == 0, said
    (password,) = [line.rpartition(": ")[2] for line in said.splitlines() if line.startswith("Password")]
    data = (ready.packs / ISLA / "2025-10-13 slip" / "pack to send.xlsx").read_bytes()
    assert unsealed(data, password)
    logs = [path.read_text(encoding="utf-8") for path in ready.folder.glob("*.log")]
    assert "Pack about pupil P03" in logs[0]
    assert all(password not in text for text in logs)


@pytest.mark.parametrize(
    ("answers", "why"),
    [(["short"], "The password has 5 letters."), (["long enough it is", "another one"], "not the same")],
)
def test_a_password_that_will_not_do_is_refused(answers: list[str], why: str) -> None:
    with pytest.raises(UsageError, match=why) as stop:
        ask_password(lambda _line: None, lambda _words: answers.pop(0))
    assert "long enough" not in stop.value.text()


def test_made_passwords_are_long_and_never_the_same() -> None:
    made = {made_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 19 for one in made)


def test_a_draft_is_not_encrypted(school: ReferralSchool) -> None:
    code, said = school.refer(*FOR_ISLA, "--draft", "--encrypt")
    assert (code, "A draft is not to be sent" in said) == (Exit.USAGE, True)
    assert school.log == []


def test_the_encrypted_file_is_made_later_beside_the_first_pack(ready: ReferralSchool, typed: list[str]) -> None:
    first_ = ready.pack(*FOR_ISLA)
    before = bytes_of(first_)
    typed += ["four words do well", "four words do well"]
    second = ready.pack(*FOR_ISLA, "--encrypt")
    assert bytes_of(first_) == before
    assert bytes_of(second)["pack.xlsx"] == before["pack.xlsx"]
    assert "pack to send.xlsx" in names(second)
