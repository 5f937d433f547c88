"""A pack's folder is put in place whole or not at all, for its owner only; nothing that lies there is written over."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.killed import killed_at

from halfday_sync.errors import Exit, SafetyError
from halfday_sync.referring import folder

FILES = {"pack.xlsx": b"book", "pack.pdf": b"paper", "manifest.toml": b"said = 1"}
NAME = "2026-03-03 kent"


def held(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in path.iterdir()}


def leftovers(parent: Path) -> list[Path]:
    return [one for one in parent.rglob(".halfday-*") if parent.is_dir()]


def put_in(parent: Path, files: dict[str, bytes] = FILES) -> folder.Placed:
    where = folder.where(parent, NAME, files)
    if where.is_new:
        folder.put(where.path, files)
    return where


def test_the_files_lie_there_for_their_owner_only(tmp_path: Path) -> None:
    placed = put_in(tmp_path / "referrals" / "P1")
    assert held(placed.path) == FILES
    assert (placed.path.name, placed.is_new, placed.beside) == (NAME, True, None)
    for path in (tmp_path / "referrals", tmp_path / "referrals" / "P1", placed.path):
        assert path.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in placed.path.iterdir()} == {0o600}
    assert not leftovers(tmp_path)


def test_the_same_bytes_are_not_written_twice(tmp_path: Path) -> None:
    first = put_in(tmp_path / "r" / "P1")
    (first.path / "birth certificate.pdf").write_bytes(b"what somebody added")
    again = folder.where(tmp_path / "r" / "P1", NAME, FILES)
    assert (again.path, again.is_new) == (first.path, False)


def test_other_bytes_go_beside_and_what_was_there_stays(tmp_path: Path) -> None:
    parent = tmp_path / "r" / "P1"
    first = put_in(parent)
    second = put_in(parent, FILES | {"pack.xlsx": b"other marks"})
    third = put_in(parent, FILES | {"pack.xlsx": b"and others again"})
    assert [one.path.name for one in (first, second, third)] == [NAME, f"{NAME} (2)", f"{NAME} (3)"]
    assert (second.beside, third.beside) == (first.path, second.path)
    assert held(first.path) == FILES
    assert folder.where(parent, NAME, FILES).path == first.path
    assert folder.where(parent, NAME, FILES | {"pack.xlsx": b"other marks"}).path == second.path


@pytest.mark.parametrize("change", ["a file changed", "a file gone", "a file", "an empty folder", "a link to nowhere"])
def test_whatever_lies_in_the_way_stays_as_it_is(tmp_path: Path, change: str) -> None:
    parent = tmp_path / "r" / "P1"
    first = put_in(parent)
    if change == "a file changed":
        (first.path / "pack.pdf").write_bytes(b"somebody wrote on it")
    elif change == "a file gone":
        (first.path / "pack.pdf").unlink()
    else:
        first.path.rename(tmp_path / "away")
        if change == "a file":
            first.path.write_bytes(b"mine")
        elif change == "an empty folder":
            first.path.mkdir()
        else:
            first.path.symlink_to(tmp_path / "nowhere")
    before = os.lstat(first.path)

    second = put_in(parent)

    assert second.path.name == f"{NAME} (2)"
    assert held(second.path) == FILES
    assert os.lstat(first.path) == before


def test_a_folder_that_comes_in_between_is_not_written_over(tmp_path: Path) -> None:
    parent = tmp_path / "r" / "P1"
    where = folder.where(parent, NAME, FILES)
    where.path.mkdir(parents=True)
    with pytest.raises(SafetyError) as stop:
        folder.put(where.path, FILES)
    assert stop.value.code == Exit.SAFETY
    assert held(where.path) == {}
    assert not leftovers(tmp_path)


@pytest.mark.parametrize("name", ["fsync", "write", "rename", "mkdtemp", "mkdir"])
def test_a_disk_that_refuses_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    parent = tmp_path / "r" / "P1"
    where = folder.where(parent, NAME, FILES)

    def refuse(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    owner = {"fsync": os, "write": os, "mkdtemp": tempfile}.get(name, Path)
    monkeypatch.setattr(owner, "fdopen" if name == "write" else name, refuse)
    with pytest.raises(SafetyError, match=r"cannot be written \(No space left on device\)") as stop:
        folder.put(where.path, FILES)
    monkeypatch.undo()
    assert str(tmp_path) not in stop.value.text()
    assert not where.path.exists()
    assert not leftovers(tmp_path)


# --- Killed -----------------------------------------------------------------------------------------------------------


_DISK = [(os, "open"), (os, "fdopen"), (os, "fsync"), (Path, "rename"), (Path, "mkdir")]


def test_killed_at_any_instant_there_is_the_whole_folder_or_none(tmp_path: Path) -> None:
    for step in range(1, 200):
        parent = tmp_path / str(step) / "P1"
        was_killed = killed_at(step, _DISK, lambda parent=parent: put_in(parent))  # type: ignore[misc]
        assert not (parent / NAME).exists() or held(parent / NAME) == FILES, step
        folder.clear(parent.parent)
        assert not leftovers(parent.parent)
        put_in(parent)
        assert held(parent / NAME) == FILES
        if not was_killed:
            break
    assert step > 20, "it was killed at too few instants"


# --- Names ------------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_no_two_children_have_one_folder_on_any_system(one: str, other: str) -> None:
    names = [folder.folder_of(Path("r"), pupil_id).name for pupil_id in (one, other)]
    assert (names[0].casefold() == names[1].casefold()) == (one == other)
    for name in names:
        assert name == name.strip(" .")
        assert not set(name) & set('<>:"/\\|?*\0')
        assert name != folder.SUMMARIES
        assert not name.startswith(".")


@pytest.mark.parametrize("pupil_id", ["..", ".", "CON", "con", "P7 ", "../P7", "a/../b", "C:\\x", "summaries"])
def test_no_id_leads_out_of_the_folder_of_packs(pupil_id: str) -> None:
    path = folder.folder_of(Path("/r"), pupil_id)
    assert path.resolve().parent == Path("/r").resolve()
    assert path.name not in ("CON", "con", folder.SUMMARIES)
