"""`halfday addin build` onto a folder of ours: what was built is replaced, and nothing of anybody else is lost."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import officejs_parts
from tests.officejs_parts import ADDRESS, PARTS, SUMS, everything

from halfday_sync.addins.officejs import listing, manifest, pyodide, site
from halfday_sync.addins.officejs.folder import build
from halfday_sync.errors import Exit, InUseError, SafetyError

little, parts = officejs_parts.little, officejs_parts.parts


def built_before(folder: Path, parts: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an older Halfday, with another engine and another Pyodide."""
    with monkeypatch.context() as then:
        then.setattr(site, "engine_zip", lambda: b"last term's engine")
        then.setattr(pyodide, "pin", lambda: pyodide.Pin("8.8.8", "3.88", SUMS))
        return build(folder, "https://old.example", pyodide=parts).folder


def test_an_older_folder_of_ours_is_replaced_whole(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built_before(tmp_path / "addin", parts, monkeypatch)
    built = build(folder, ADDRESS, pyodide=parts)
    assert everything(folder) == everything(build(tmp_path / "new", ADDRESS, pyodide=parts).folder)
    assert not (folder / "pyodide-8.8.8").exists()
    assert built.kept == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["addin", "download", "new"]


def strangers(folder: Path) -> dict[str, bytes]:
    """What people and hosts keep beside a website."""
    found = {
        ".git/HEAD": b"ref: refs/heads/main\n",
        ".git/objects/ab/cd": b"history",
        "CNAME": b"halfday.school.example\n",
        ".well-known/security.txt": b"Contact: it@school.example\n",
        "icons/our-own.png": b"png",
        "pyodide-8.8.8/note.txt": b"why",
    }
    for name, data in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "empty").mkdir()
    (folder / "policies").symlink_to(folder.parent / "download", target_is_directory=True)
    return found


def test_what_else_is_in_the_folder_stays_as_it_is(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built_before(tmp_path / "addin", parts, monkeypatch)
    others = strangers(folder)
    built = build(folder, ADDRESS, pyodide=parts)
    left = {path.name for path in (folder / "pyodide-8.8.8").iterdir()}
    assert {name: (folder / name).read_bytes() for name in others} == others
    assert (folder / "policies").is_symlink()
    assert (folder / "empty").is_dir()
    assert left == {"note.txt"}
    assert built.kept == (".git", ".well-known", "CNAME", "empty", "icons", "policies", "pyodide-8.8.8")
    assert set(built.sizes) | others.keys() == {name for name in everything(folder) if not name.startswith("policies/")}
    assert everything(parts) == PARTS


def test_the_list_has_every_file_and_its_sum(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    files = everything(folder)
    said = listing.listed(files.pop("built-files.txt").decode())
    assert said == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_a_file_changed_by_hand_is_named_and_not_replaced(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    (folder / "web.config").write_bytes(b"<configuration>IT's own</configuration>")
    before = everything(folder)
    with pytest.raises(SafetyError) as stop:
        build(folder, "https://new.example", pyodide=parts)
    assert stop.value.problems == ("web.config was changed by hand",)
    assert stop.value.code == Exit.SAFETY
    assert everything(folder) == before


def test_lines_that_git_ended_as_on_windows_are_no_change(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    for name in ("web.config", "built-files.txt", "worker.js"):
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b"\r\n"))
    build(folder, "https://new.example", pyodide=parts)
    assert manifest.address_of(folder) == "https://new.example"


def test_a_folder_of_ours_without_a_list_is_not_guessed_at(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    (folder / "built-files.txt").unlink()
    with pytest.raises(SafetyError) as stop:
        build(folder, "https://new.example", pyodide=parts)
    assert "manifest.xml was not made by a build" in stop.value.problems
    assert "worker.js" not in " ".join(stop.value.problems)  # the same bytes: nothing would be lost
    assert "name a new folder" in stop.value.now


def test_nothing_is_written_or_taken_through_a_link(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    (folder / "icons").rename(tmp_path / "elsewhere")
    (folder / "icons").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "worker.js").rename(tmp_path / "worker.js")
    (folder / "worker.js").symlink_to(tmp_path / "worker.js")
    before = everything(tmp_path)
    with pytest.raises(SafetyError) as stop:
        build(folder, ADDRESS, pyodide=parts)
    assert "worker.js is a link or a folder" in stop.value.problems
    assert [one for one in stop.value.problems if one.startswith("icons is a link or a file")]
    assert everything(tmp_path) == before


def test_a_list_that_leads_elsewhere_takes_nothing_away(tmp_path: Path, parts: Path) -> None:
    folder = build(tmp_path / "addin", ADDRESS, pyodide=parts).folder
    strangers(folder)
    (tmp_path / "letter.docx").write_bytes(b"a person's")
    names = ("../letter.docx", str(tmp_path / "letter.docx"), ".git/HEAD", "..\\letter.docx", "icons/../CNAME")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names if "\\" not in name}
    with (folder / "built-files.txt").open("a", encoding="utf-8") as said:
        said.writelines(f"{sums.get(name, '0' * 64)}  {name}\n" for name in names)
    build(folder, ADDRESS, pyodide=parts)
    assert (tmp_path / "letter.docx").exists()
    assert (folder / ".git/HEAD").exists()
    assert (folder / "CNAME").exists()


@pytest.mark.parametrize("move", [1, 9, 19, 25, 30])
def test_a_file_that_is_held_anywhere_on_the_way_brings_everything_back(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch, move: int
) -> None:
    folder = built_before(tmp_path / "addin", parts, monkeypatch)
    strangers(folder)
    before = everything(tmp_path)
    failing(monkeypatch, lambda count: count == move)
    with pytest.raises(InUseError, match="It is as it was"):
        build(folder, ADDRESS, pyodide=parts)
    monkeypatch.undo()
    assert everything(tmp_path) == before
    assert (folder / "empty").is_dir()
    assert not (folder / "pyodide-9.9.9").exists()


def test_what_cannot_be_brought_back_is_kept_and_its_place_is_said(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built_before(tmp_path / "addin", parts, monkeypatch)
    before = everything(folder)
    failing(monkeypatch, lambda count: count >= 5)
    with pytest.raises(InUseError) as stop:
        build(folder, ADDRESS, pyodide=parts)
    monkeypatch.undo()
    (beside,) = tmp_path.glob(".addin-*")
    assert str(beside / "old") in stop.value.done
    assert everything(folder) | everything(beside / "old") == before


def failing(monkeypatch: pytest.MonkeyPatch, fails: Callable[[int], bool]) -> None:
    """Lets some of the moves fail, counted from 1."""
    real, calls = Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if fails(calls):
            raise PermissionError(13, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
