"""Secrets are in the credential store of the computer and nowhere else; where there is none, that is said in words."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from tests import keyring_file

from halfday_sync import credentials
from halfday_sync.errors import Exit, SettingsError

SECRET = "tok-9f8e7d6c"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


def test_a_secret_is_kept_replaced_and_forgotten(store: Path) -> None:
    assert credentials.read("Larkfield", "Wonde token") is None
    credentials.keep("Larkfield", "Wonde token", SECRET)
    assert credentials.read("Larkfield", "Wonde token") == SECRET
    credentials.keep("Larkfield", "Wonde token", "another")
    assert credentials.reader("Larkfield")("Wonde token") == "another"
    credentials.forget("Larkfield", "Wonde token")
    credentials.forget("Larkfield", "Wonde token")
    assert credentials.read("Larkfield", "Wonde token") is None
    assert store.is_file()


@pytest.mark.usefixtures("store")
def test_each_school_and_each_secret_has_an_entry_of_its_own() -> None:
    credentials.keep("Larkfield", "Arbor user", "one")
    credentials.keep("Larkfield", "Arbor password", "two")
    credentials.keep("Beckside", "Arbor user", "three")
    found = [credentials.read(*at) for at in (("Larkfield", "Arbor user"), ("Beckside", "Arbor user"))]
    assert (found, credentials.read("Beckside", "Arbor password")) == (["one", "three"], None)


@pytest.mark.usefixtures("store")
def test_a_secret_that_is_not_kept_is_told_by_its_name_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match="Wonde token of Larkfield") as stop:
        credentials.reader("Larkfield")("Wonde token")
    assert (stop.value.code, "halfday init" in stop.value.text()) == (Exit.SETTINGS, True)


@pytest.mark.parametrize(
    "backend",
    [keyring.backends.fail.Keyring(), keyring_file.Locked()],  # type: ignore[no-untyped-call]
    ids=["no credential store", "a locked one"],
)
def test_a_credential_store_that_cannot_be_opened_is_told_in_words(backend: KeyringBackend, tmp_path: Path) -> None:
    with keyring_file.in_use(backend, tmp_path / "keyring.json"):
        acts: tuple[Callable[[], object], ...] = (
            lambda: credentials.read("Larkfield", "Wonde token"),
            lambda: credentials.keep("Larkfield", "Wonde token", SECRET),
            lambda: credentials.forget("Larkfield", "Wonde token"),
            lambda: credentials.reader("Larkfield")("Wonde token"),
        )
        for act in acts:
            with pytest.raises(SettingsError, match="cannot be opened") as stop:
                act()
            assert "Log on as the user" in stop.value.text()
            assert SECRET not in stop.value.text()
            assert stop.value.__cause__ is None


def test_trouble_of_the_systems_own_library_is_told_without_its_words(tmp_path: Path) -> None:
    """`keyring` lets the errors of Windows through as they are, and they may repeat what was given."""
    with (
        keyring_file.in_use(keyring_file.NoSession(), tmp_path / "keyring.json"),
        pytest.raises(SettingsError, match=r"cannot be opened \(OSError\)") as stop,
    ):
        credentials.keep("Larkfield", "Wonde token", SECRET)
    assert SECRET not in stop.value.text()


def test_what_windows_could_not_keep_is_refused_on_every_system(store: Path) -> None:
    longest = "x" * credentials.LONGEST
    credentials.keep("Larkfield", "Wonde token", longest)
    assert credentials.read("Larkfield", "Wonde token") == longest
    for value in (f"{longest}y", "\N{GRINNING FACE}" * (credentials.LONGEST // 2 + 1)):
        with pytest.raises(SettingsError, match="at most 1,280") as stop:
            credentials.keep("Larkfield", "Wonde token", value)
        assert value not in stop.value.text()
    assert credentials.read("Larkfield", "Wonde token") == longest
    assert store.is_file()


@pytest.mark.usefixtures("store")
def test_another_process_of_the_same_user_reads_what_was_kept() -> None:
    credentials.keep("Larkfield", "Wonde token", SECRET)
    words = "from halfday_sync import credentials as c; print(len(c.read('Larkfield', 'Wonde token')))"
    done = subprocess.run(
        [sys.executable, "-c", words],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(len(SECRET))


def test_nothing_but_a_source_with_a_secret_loads_the_credential_store() -> None:
    words = "import sys; from halfday_sync import cli, credentials; cli.parser(); print('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
