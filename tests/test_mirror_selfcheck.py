"""`halfday mirror selfcheck` at the command line: what IT sees, what is refused, and the recording that it writes."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import keyring_file
from tests.google_emulator import status
from tests.google_school import ACCOUNT, NOW, OWNER, Copy, copy, never

from halfday_sync import cli, config, credentials
from halfday_sync.errors import HalfdayError
from halfday_sync.mirroring.opening import KEY
from halfday_sync.sheets.selfcheck.contract import contract

WHO = ("--who", "Sam Technician")


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture
def there() -> Iterator[Copy]:
    with copy() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, there: Copy) -> Path:
    """A school whose key is kept."""
    (tmp_path / "school").mkdir()
    config.write(tmp_path / "school", "Larkfield", "wath-central")
    credentials.keep_long("Larkfield", KEY, there.key)
    return tmp_path / "school"


def selfcheck(*words: object) -> tuple[int, str]:
    said: list[str] = []
    args = cli.parser().parse_args(["mirror", "selfcheck", *map(str, words)])
    args.now, args.today, args.wait = NOW, NOW.date(), never
    try:
        return int(args.run(args, said.append)), "\n".join(said)
    except HalfdayError as stop:
        return int(stop.code), "\n".join([*said, stop.text()])


def test_it_tells_every_call_and_what_only_a_person_can_try(there: Copy, folder: Path) -> None:
    code, said = selfcheck("--school", folder, "--sheet", there.address, *WHO)
    assert code == 0, said
    looked = sum(step.only_look for step in contract().steps)
    assert said.count("\nok  ") + said.startswith("ok  ") == len(contract().steps) - looked
    assert f"{len(contract().steps)} calls: " in said
    assert "0 not" in said
    assert "Put the file into the bin" in said
    assert "Sam Technician can delete the sheet" in said
    assert there.tabs == ["Sheet1"]


def test_what_differs_is_told_with_who_said_otherwise(there: Copy, folder: Path) -> None:
    there.google.fail("values:batchUpdate", status(400))
    code, said = selfcheck("--school", folder, "--sheet", there.address, *WHO)
    assert code == 4
    assert "no  the values of a first load go in one call, RAW\n    the status is 400, not 200" in said
    assert "Expected because of: Sheets API, values.batchUpdate" in said


def test_a_key_file_will_do_where_no_school_is(there: Copy, tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(there.key, encoding="utf-8")
    code, said = selfcheck("--school", tmp_path, "--sheet", there.address, "--key", tmp_path / "key.json", *WHO)
    assert code == 0, said


def test_the_recording_holds_nothing_of_the_school(there: Copy, folder: Path, tmp_path: Path) -> None:
    words = ("--school", folder, "--sheet", there.address, *WHO, "--record", tmp_path / "r.jsonl.gz")
    code, said = selfcheck(*words)
    assert code == 0, said
    told = gzip.decompress((tmp_path / "r.jsonl.gz").read_bytes()).decode()
    assert json.loads(told)["case"] == "Halfday self-check"
    for word in (there.book, ACCOUNT, OWNER, "larkfield", "Sam"):
        assert word not in told
    for word in (there.book, ACCOUNT, OWNER):
        assert word not in said
    there.google.calls.clear()
    assert selfcheck(*words)[0] == 2, "a file of that name is there already"
    assert there.google.calls == []


def test_the_schools_own_copy_is_never_used_for_it(there: Copy, folder: Path) -> None:
    path = folder / config.FILE
    path.write_text(f'{path.read_text(encoding="utf-8")}\n[mirror]\nsheet = "{there.book}"\n', encoding="utf-8")
    code, said = selfcheck("--school", folder, "--sheet", there.address, *WHO)
    assert code == 6
    assert "the school's Google copy itself" in said
    assert there.google.calls == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--sheet", "Sheet1", *WHO), 2),
        (("--sheet", "1" * 44, "--who", " "), 2),
        (("--sheet", "1" * 44, *WHO, "--key", "nowhere.json"), 2),
        (("--sheet", "1" * 44, *WHO), 4),
    ],
    ids=["no address", "nobody", "no key file", "no such sheet"],
)
def test_what_is_wrong_is_told_before_anything_is_done(
    there: Copy, folder: Path, words: tuple[str, ...], code: int
) -> None:
    found, said = selfcheck("--school", folder, *words)
    assert found == code, said
    assert there.asked("POST") == []


def test_without_a_key_it_says_where_one_is_from(there: Copy, folder: Path) -> None:
    credentials.forget_long("Larkfield", KEY)
    code, said = selfcheck("--school", folder, "--sheet", there.address, *WHO)
    assert code == 3
    assert "halfday mirror setup --key FILE" in said
