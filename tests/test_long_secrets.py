"""A secret longer than an entry of a credential store is kept in parts; one that is not whole is told as such."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import keyring_file

from halfday_sync import credentials
from halfday_sync.errors import SettingsError

SCHOOL, NAME = "Larkfield", "Google key"
LONG = "".join(f"<{number:04}>" for number in range(400))
"""2,400 characters, no two parts alike."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


def entries(store: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(store.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("value", ["", "x", LONG[:640], LONG[:641], LONG, "\N{GRINNING FACE}" * 1300])
def test_a_secret_of_any_length_comes_back_as_it_was(store: Path, value: str) -> None:
    assert credentials.read_long(SCHOOL, NAME) is None
    credentials.keep_long(SCHOOL, NAME, value)
    assert credentials.read_long(SCHOOL, NAME) == value
    assert all(len(part.encode("utf-16-le")) <= 2 * credentials.LONGEST for part in entries(store).values())


def test_a_shorter_one_in_its_place_leaves_nothing_of_the_longer_one(store: Path) -> None:
    credentials.keep_long(SCHOOL, NAME, LONG)
    credentials.keep_long(SCHOOL, NAME, "short")
    assert credentials.read_long(SCHOOL, NAME) == "short"
    assert len(entries(store)) == 2


def test_forgetting_leaves_nothing_at_all(store: Path) -> None:
    credentials.keep(SCHOOL, "Wonde token", "another")
    credentials.keep_long(SCHOOL, NAME, LONG)
    credentials.forget_long(SCHOOL, NAME)
    credentials.forget_long(SCHOOL, NAME)
    assert list(entries(store).values()) == ["another"]
    assert credentials.read_long(SCHOOL, NAME) is None


@pytest.mark.usefixtures("store")
def test_each_school_has_its_own() -> None:
    credentials.keep_long(SCHOOL, NAME, LONG)
    credentials.keep_long("Beckside", NAME, LONG[::-1])
    assert credentials.read_long(SCHOOL, NAME) == LONG
    assert credentials.read_long("Beckside", NAME) == LONG[::-1]


@pytest.mark.parametrize("part", range(1, 5))
@pytest.mark.parametrize("harm", ["missing", "of another", "swapped"])
def test_one_that_is_not_whole_is_told_and_not_used(store: Path, part: int, harm: str) -> None:
    credentials.keep_long(SCHOOL, NAME, LONG)
    at, other = credentials._part(NAME, part), credentials._part(NAME, part % 4 + 1)
    if harm == "missing":
        credentials.forget(SCHOOL, at)
    elif harm == "of another":
        credentials.keep(SCHOOL, at, "y" * 640)
    else:
        mine, theirs = (str(credentials.read(SCHOOL, name)) for name in (at, other))
        credentials.keep(SCHOOL, at, theirs)
        credentials.keep(SCHOOL, other, mine)
    with pytest.raises(SettingsError, match="is not whole in this computer's credential store") as stop:
        credentials.read_long(SCHOOL, NAME)
    assert not [piece for piece in entries(store).values() if piece in stop.value.text()]
    credentials.keep_long(SCHOOL, NAME, LONG)
    assert credentials.read_long(SCHOOL, NAME) == LONG


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("head", ["", "3", "x y", "99 0", "² 0"])
def test_a_first_entry_that_says_nothing_sensible_is_not_whole_either(head: str) -> None:
    credentials.keep_long(SCHOOL, NAME, LONG)
    credentials.keep(SCHOOL, NAME, head)
    with pytest.raises(SettingsError, match="Give it once more"):
        credentials.read_long(SCHOOL, NAME)


class Interrupted(keyring_file.InAFile):
    """Whoever keeps something is stopped after a number of entries."""

    priority = 0.1
    left = 0

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.left == 0:
            raise OSError
        self.left -= 1
        super().set_password(service, username, password)


@pytest.mark.parametrize("entries_kept", range(1, 5))
def test_an_interrupted_change_is_noticed_whenever_it_happened(tmp_path: Path, entries_kept: int) -> None:
    backend = Interrupted()
    with keyring_file.in_use(backend, tmp_path / "keyring.json"):
        backend.left = 100
        credentials.keep_long(SCHOOL, NAME, LONG)
        backend.left = entries_kept
        with pytest.raises(SettingsError, match="cannot be opened"):
            credentials.keep_long(SCHOOL, NAME, LONG[::-1])
        with pytest.raises(SettingsError, match="is not whole"):
            credentials.read_long(SCHOOL, NAME)
        credentials.forget_long(SCHOOL, NAME)
        assert credentials.read_long(SCHOOL, NAME) is None


def test_something_that_is_no_secret_at_all_is_refused_before_anything_is_kept(store: Path) -> None:
    with pytest.raises(SettingsError, match="At most 12,800 are kept"):
        credentials.keep_long(SCHOOL, NAME, "z" * 12_801)
    assert not store.exists()


def test_a_store_that_cannot_be_opened_is_told_in_words(tmp_path: Path) -> None:
    with keyring_file.in_use(keyring_file.Locked(), tmp_path / "keyring.json"):
        acts: tuple[Callable[[], object], ...] = (
            lambda: credentials.keep_long(SCHOOL, NAME, LONG),
            lambda: credentials.read_long(SCHOOL, NAME),
            lambda: credentials.forget_long(SCHOOL, NAME),
        )
        for act in acts:
            with pytest.raises(SettingsError, match="cannot be opened") as stop:
                act()
            assert LONG[:40] not in stop.value.text()
