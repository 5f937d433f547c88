"""`halfday addin build`: the whole folder or nothing, Pyodide checked file by file, and the next step said."""

import argparse
import io
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests import officejs_parts
from tests.officejs_parts import ADDRESS, PARTS, SUMS, everything

from halfday_sync.addins.officejs import folder as writing
from halfday_sync.addins.officejs import manifest, pyodide
from halfday_sync.addins.officejs.folder import build
from halfday_sync.commands import addin_officejs
from halfday_sync.errors import Exit, HalfdayError, InUseError, SafetyError, SettingsError, SourceError, UsageError

little, parts = officejs_parts.little, officejs_parts.parts


def packed(path: Path, inside: str, mode: str, parts: dict[str, bytes] = PARTS) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in [*parts.items(), ("README.md", b"hello"), ("../../outside.js", b"no")]:
            info = tarfile.TarInfo(f"{inside}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def command(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    addin_officejs.add(parser.add_subparsers())
    return parser.parse_args([str(word) for word in words])


# --- Pyodide ---------------------------------------------------------------------------------------------------------


def test_pyodide_comes_from_a_folder_as_npm_or_the_archive_unpack_it(parts: Path) -> None:
    assert pyodide.pyodide_files(parts) == PARTS
    for inside in ("package", "pyodide"):
        top = parts.parent / f"unpacked-{inside}"
        top.mkdir()
        parts.rename(top / inside)
        assert pyodide.pyodide_files(top) == PARTS
        (top / inside).rename(parts)


@pytest.mark.parametrize(("name", "inside", "mode"), [("p.tgz", "package", "w:gz"), ("p.tar.bz2", "pyodide", "w:bz2")])
def test_pyodide_comes_from_what_was_downloaded(tmp_path: Path, name: str, inside: str, mode: str) -> None:
    assert pyodide.pyodide_files(packed(tmp_path / name, inside, mode)) == PARTS
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_another_pyodide_is_refused_file_by_file(tmp_path: Path) -> None:
    other = {name: data for name, data in PARTS.items() if name != "pyodide.js"} | {"python_stdlib.zip": b"other"}
    with pytest.raises(SourceError) as stop:
        pyodide.pyodide_files(packed(tmp_path / "p.tgz", "package", "w:gz", other))
    assert stop.value.problems[0] == "pyodide.js is not in it"
    assert stop.value.problems[1].startswith("python_stdlib.zip: SHA-256 is ")
    assert SUMS["python_stdlib.zip"] in stop.value.problems[1]
    assert len(stop.value.problems) == 2
    assert "npm pack pyodide@9.9.9" in stop.value.now


def test_a_download_cut_short_is_told(tmp_path: Path) -> None:
    whole = packed(tmp_path / "p.tgz", "package", "w:gz").read_bytes()
    for cut, data in {"half.tgz": whole[: len(whole) // 2], "page.tgz": b"<html>not found</html>"}.items():
        (tmp_path / cut).write_bytes(data)
        with pytest.raises(SourceError):
            pyodide.pyodide_files(tmp_path / cut)


def test_no_pyodide_where_one_was_named_says_what_to_download(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as stop:
        pyodide.pyodide_files(tmp_path / "missing.tgz")
    assert "pyodide-9.9.9.tgz" in stop.value.now


def test_without_npm_the_message_says_exactly_what_to_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(SourceError) as stop:
        pyodide.pyodide_files(None)
    assert "npm pack pyodide@9.9.9" in stop.value.now
    assert "pyodide-core-9.9.9.tar.bz2" in stop.value.now
    assert "--pyodide pyodide-9.9.9.tgz" in stop.value.now


@pytest.mark.parametrize("works", [True, False])
def test_npm_fetches_it_or_the_message_says_how_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, works: bool
) -> None:
    archive = packed(tmp_path / "made.tgz", "package", "w:gz")

    def npm(command: Sequence[str], *, cwd: str, **_how: object) -> subprocess.CompletedProcess[bytes]:
        assert command[:3] == ["npm", "pack", "pyodide@9.9.9"]
        if works:
            shutil.copy(archive, Path(cwd) / "pyodide-9.9.9.tgz")
        return subprocess.CompletedProcess(command, 0 if works else 7)

    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr("subprocess.run", npm)
    if works:
        assert pyodide.pyodide_files(None) == PARTS
    else:
        with pytest.raises(SourceError, match="it ended with 7"):
            pyodide.pyodide_files(None)


# --- the folder ------------------------------------------------------------------------------------------------------


def test_the_folder_is_made_for_the_address(tmp_path: Path, parts: Path) -> None:
    built = build(tmp_path / "new" / "addin", f"{ADDRESS}/", pyodide=parts)
    found = everything(built.folder)
    assert {name: len(data) for name, data in found.items()} == built.sizes
    assert manifest.address_of(built.folder) == ADDRESS == built.address
    assert [path.name for path in built.folder.parent.iterdir()] == ["addin"]
    assert stat.S_IMODE(built.folder.stat().st_mode) == 0o755  # a web server is somebody else


def test_the_same_build_gives_the_same_bytes(tmp_path: Path, parts: Path) -> None:
    one, other = (build(tmp_path / name, ADDRESS, pyodide=parts).folder for name in ("one", "other"))
    assert everything(one) == everything(other)


def _with_a_letter(folder: Path) -> Path:
    folder.mkdir()
    (folder / "letter.docx").write_bytes(b"a person's")
    return folder


def _of_another(folder: Path) -> Path:
    folder.mkdir()
    (folder / "manifest.xml").write_text("<OfficeApp><Id>another</Id></OfficeApp>", encoding="utf-8")
    return folder


def _a_file(folder: Path) -> Path:
    folder.write_bytes(b"a file")
    return folder


@pytest.mark.parametrize("make", [_with_a_letter, _of_another, _a_file])
def test_what_is_not_ours_is_never_replaced(tmp_path: Path, parts: Path, make: Callable[[Path], Path]) -> None:
    folder = make(tmp_path / "school")
    before = everything(tmp_path)
    with pytest.raises(SafetyError):
        build(folder, ADDRESS, pyodide=parts)
    assert everything(tmp_path) == before


def test_an_empty_folder_may_be_filled(tmp_path: Path, parts: Path) -> None:
    (tmp_path / "addin").mkdir()
    build(tmp_path / "addin", ADDRESS, pyodide=parts)
    assert manifest.is_ours(tmp_path / "addin")


@pytest.mark.parametrize("fails_at", ["write_bytes", "rename"])
def test_a_build_that_fails_leaves_the_old_folder(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    folder = build(tmp_path / "addin", "https://old.example", pyodide=parts).folder
    before, real = everything(folder), getattr(Path, fails_at)
    calls = 0

    def fails(self: Path, *args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == (10 if fails_at == "write_bytes" else 2):
            raise PermissionError(13, "held")
        return real(self, *args)

    monkeypatch.setattr(Path, fails_at, fails)
    with pytest.raises((OSError, InUseError)):
        build(folder, ADDRESS, pyodide=parts)
    monkeypatch.undo()
    assert everything(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["addin", "download"]


def test_a_wrong_pyodide_or_address_writes_nothing(tmp_path: Path, parts: Path) -> None:
    (parts / "pyodide.js").write_bytes(b"other")
    with pytest.raises(SourceError):
        build(tmp_path / "addin", ADDRESS, pyodide=parts)
    with pytest.raises(UsageError):
        build(tmp_path / "addin", "http://school.example", pyodide=parts)
    assert not (tmp_path / "addin").exists()


def test_a_page_that_lacks_a_part_stops_the_build(tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "missing_parts", lambda _files: ["taskpane.html names x.js"])
    with pytest.raises(HalfdayError, match=r"x\.js"):
        build(tmp_path / "addin", ADDRESS, pyodide=parts)
    assert not (tmp_path / "addin").exists()


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_says_the_next_step(tmp_path: Path, parts: Path) -> None:
    said: list[str] = []
    args = command("build", tmp_path / "addin", "--address", ADDRESS, "--pyodide", parts)
    assert args.run(args, said.append) == Exit.DONE
    assert said[0].startswith(f"Written: {tmp_path / 'addin'} (")
    assert "Integrated apps" in " ".join(said)
    assert said[-1].endswith("manifest.xml.")


def test_for_this_computer_the_next_step_is_to_serve(tmp_path: Path, parts: Path) -> None:
    said: list[str] = []
    args = command("build", tmp_path / "addin", "--address", "https://localhost:3000", "--pyodide", parts)
    args.run(args, said.append)
    assert said[-1] == f"Next: halfday addin serve {tmp_path / 'addin'}"


def test_a_dry_run_lists_every_file_and_writes_none(tmp_path: Path, parts: Path) -> None:
    said: list[str] = []
    args = command("build", tmp_path / "addin", "--address", ADDRESS, "--pyodide", parts, "--dry-run")
    assert args.run(args, said.append) == Exit.DONE
    assert any(line.endswith("  manifest.xml") for line in said)
    assert said[-1].startswith("Dry run: ")
    assert not (tmp_path / "addin").exists()


def test_the_command_says_what_it_left_as_it_is(tmp_path: Path, parts: Path) -> None:
    build(tmp_path / "addin", ADDRESS, pyodide=parts)
    (tmp_path / "addin" / "CNAME").write_text("halfday.school.example", encoding="utf-8")
    said: list[str] = []
    args = command("build", tmp_path / "addin", "--address", ADDRESS, "--pyodide", parts)
    args.run(args, said.append)
    assert said[1] == "Left as it is, since no build made it: CNAME"
