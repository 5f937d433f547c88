"""Every kind of source can be set up, tried and tested, over real files and services; no name, no secret anywhere."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import init_desk, keyring_file
from tests.init_desk import Desk, lines_of, options_of
from tests.source_contract import Prepared, names, prepared, ways

from halfday_sync import config, credentials
from halfday_sync.commands import init, source
from halfday_sync.errors import Exit, SourceError, UsageError
from halfday_sync.source_kinds import completed, kinds


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path) -> Iterator[Path]:
    with keyring_file.in_use(keyring_file.InAFile(), tmp_path / "keyring.json") as file:
        yield file


@pytest.fixture(params=list(ways()), ids=lambda pair: " ".join(pair).strip().replace(" ", "-"))
def ready(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prepared]:
    folder = tmp_path / "school"
    folder.mkdir()
    kind, way = request.param
    with prepared(kind, way, folder) as it:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines_of(it.secrets)))
        yield it


def held(folder: Path) -> dict[str, bytes]:
    """Every file of the folder, but for what the program in SIMS' place writes down about its calls."""
    diary = {"sims/asked.xml", "sims/calls.txt"}
    return {name: data for name, data in init_desk.held(folder).items() if name not in diary}


def set_up(ready: Prepared) -> Desk:
    desk = Desk()
    assert desk.run(init, "init", "--school", ready.folder, *options_of(ready)) == Exit.DONE
    return desk


def written(ready: Prepared, before: dict[str, bytes]) -> bytes:
    """All that was written into the school's folder."""
    return b"\n".join(data for name, data in held(ready.folder).items() if before.get(name) != data)


def discreet(ready: Prepared, text: str) -> None:
    assert not {name for name in names() if re.search(rf"\b{re.escape(name)}\b", text)}
    assert not [name for name, secret in ready.secrets.items() if secret in text]


def test_it_is_set_up_by_options_and_what_was_set_is_what_was_said(ready: Prepared) -> None:
    before = held(ready.folder)
    desk = set_up(ready)
    found = config.load(ready.folder)
    assert found.source == completed(ready.settings)
    assert {name: credentials.read("Larkfield", name) for name in ready.secrets} == dict(ready.secrets)
    assert 0 < len([line for line in desk.said if re.search(r" Sep 2025  [AP]M  ", line)]) <= 10
    discreet(ready, desk.text)
    discreet(ready, written(ready, before).decode())


def test_set_up_again_with_the_same_answers_nothing_is_written(
    ready: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(ready)
    before, desk = held(ready.folder), Desk()
    assert desk.run(init, "init", "--school", ready.folder, "--yes") == Exit.DONE
    assert held(ready.folder) == before
    assert "nothing was written" in desk.text
    monkeypatch.setattr("sys.stdin", io.StringIO(lines_of(ready.secrets)))
    assert Desk().run(init, "init", "--school", ready.folder, *options_of(ready)) == Exit.DONE
    assert held(ready.folder) == before


def test_source_test_tells_each_step_what_it_carries_and_how_new_it_is(ready: Prepared) -> None:
    set_up(ready)
    before, desk = held(ready.folder), Desk()
    assert desk.run(source, "source", "test", "--school", ready.folder, "--sample") == Exit.DONE
    assert held(ready.folder) == before, "a test changes nothing"
    assert desk.said[0] == f"Larkfield: {kinds()[str(ready.settings['kind'])].title}"
    assert [line for line in desk.said if line.startswith("ok  ")]
    assert not [line for line in desk.said if line.startswith("no  ")]
    assert [line for line in desk.said if line.startswith("It can tell: ")]
    assert [line for line in desk.said if line.startswith("The newest mark is of ")]
    assert all(f"It cannot: {words}" in desk.flowing for words in ready.open().carries.losses())
    discreet(ready, desk.text)


def test_a_source_that_is_gone_is_explained_in_words_and_nothing_is_changed(ready: Prepared) -> None:
    if "gone" not in ready.spoil:
        return
    set_up(ready)
    ready.spoil["gone"]()
    before, desk = held(ready.folder), Desk()
    with pytest.raises(SourceError, match="cannot be read") as stop:
        desk.run(source, "source", "test", "--school", ready.folder)
    assert [line for line in desk.said if line.startswith("no  ")]
    discreet(ready, desk.text + stop.value.text())
    with pytest.raises(SourceError):
        desk.run(init, "init", "--school", ready.folder, "--yes")
    assert held(ready.folder) == before


def test_flags_that_are_not_shared_are_told_as_unknown(ready: Prepared) -> None:
    if "unshared" not in ready.spoil:
        return
    ready.spoil["unshared"]()
    assert "Not shared, so unknown (which is not 'no'): pupil premium, free school meals, looked after" in (
        set_up(ready).flowing
    )


def test_without_a_secret_that_it_needs_nothing_is_set_up(ready: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ready.secrets:
        others = {other: value for other, value in ready.secrets.items() if other != name}
        monkeypatch.setattr("sys.stdin", io.StringIO(lines_of(others)))
        before = held(ready.folder)
        with pytest.raises(UsageError) as stop:
            Desk().run(init, "init", "--school", ready.folder, *options_of(ready))
        assert f"{name}: is missing" in stop.value.text()
        discreet(ready, stop.value.text())
        assert held(ready.folder) == before
