"""A workbook is put in place whole, proved, and never over what a person saved since it was read."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.place_jobs import save_like_a_bad_sync_client, save_like_excel
from tests.pretend_windows import PretendKernel

from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.whole_file import put_whole
from halfday_sync.workbook import place
from halfday_sync.workbook.strays import clear_up
from halfday_sync.workbook.swap import Guard, Linux, Posix, System, Unguarded
from halfday_sync.workbook.swap_windows import (
    SHARING_VIOLATION,
    UNABLE_TO_MOVE_REPLACEMENT_2,
    UNABLE_TO_REMOVE_REPLACED,
    Windows,
)

OLD, NEW, THEIRS, LATER, LATEST = (word * 999 for word in (b"old", b"new", b"theirs", b"later", b"latest"))
NOW = datetime(2025, 12, 5, 8, tzinfo=UTC)


def pretend(kernel: PretendKernel | None = None) -> Windows:
    return Windows(kernel or PretendKernel(), pause=lambda _seconds: None)


SYSTEMS: dict[str, Callable[[], System]] = {"linux": Linux, "replace only": Posix, "windows": pretend}


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> System:
    return SYSTEMS[request.param]()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "tracker.xlsx"
    file.write_bytes(OLD)
    return file


def put(path: Path, data: bytes = NEW, **options: Any) -> list[bytes]:
    """Reads and puts as a run does; what was kept."""
    kept: list[bytes] = []
    steps: dict[str, Any] = {"prove": lambda _: None, "keep": kept.append} | options
    place.put(path, data, expected=place.read(path)[1] if path.exists() else None, **steps)
    return kept


def alone(path: Path) -> bool:
    return list(path.parent.iterdir()) == [path]


class TestPut:
    def test_puts_the_new_one_and_keeps_the_old_one(self, path: Path, system: System) -> None:
        assert put(path, system=system) == [OLD]
        assert path.read_bytes() == NEW
        assert alone(path)

    def test_puts_the_first_one_and_keeps_nothing(self, tmp_path: Path, system: System) -> None:
        path = tmp_path / "tracker.xlsx"
        assert put(path, system=system) == []
        assert path.read_bytes() == NEW
        assert alone(path)

    def test_gives_the_stamp_of_what_is_in_place(self, path: Path) -> None:
        stamp = place.put(path, NEW, expected=place.read(path)[1], prove=lambda _: None, keep=lambda _: None)
        assert place.read(path) == (NEW, stamp)

    def test_keeps_mode_owner_and_tags(self, path: Path) -> None:
        path.chmod(0o640)
        with suppress(PermissionError):  # only root may give a file away
            os.chown(path, 1234, 1234)
        os.setxattr(path, "user.tag", b"red")
        before = path.stat()
        put(path)
        after = path.stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert os.getxattr(path, "user.tag") == b"red"

    def test_follows_a_link_to_the_file_itself(self, path: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.xlsx"
        link.symlink_to(path)
        put(link)
        assert link.is_symlink()
        assert path.read_bytes() == NEW

    def test_what_is_proved_is_what_the_disk_gives_back(self, path: Path) -> None:
        proved: list[bytes] = []
        put(path, prove=proved.append)
        assert proved == [NEW]

    @pytest.mark.parametrize("step", ["prove", "keep", "before_replace"])
    def test_a_step_that_stops_leaves_everything_as_it_was(self, path: Path, step: str) -> None:
        def stop(*_: object) -> None:
            raise SafetyError("No.")

        with pytest.raises(SafetyError, match="No"):
            put(path, NEW, **{step: stop})
        assert path.read_bytes() == OLD
        assert alone(path)


class TestWhoSavesMeanwhile:
    @pytest.mark.parametrize("save", [save_like_excel, save_like_a_bad_sync_client])
    def test_before_the_last_look(self, path: Path, system: System, save: Callable[[Path, bytes], None]) -> None:
        with pytest.raises(place.Changed):
            put(path, system=system, before_replace=lambda: save(path, THEIRS))
        assert path.read_bytes() == THEIRS
        assert alone(path)

    def test_the_same_content_again_loses_nothing(self, path: Path) -> None:
        put(path, before_replace=lambda: save_like_excel(path, OLD))
        assert path.read_bytes() == NEW

    def test_moves_it_away(self, path: Path, system: System) -> None:
        with pytest.raises(place.Changed):
            put(path, system=system, before_replace=lambda: path.rename(path.with_name("moved.xlsx")))
        assert not path.exists()
        assert path.with_name("moved.xlsx").read_bytes() == OLD

    def test_makes_one_where_none_was(self, tmp_path: Path, system: System) -> None:
        path = tmp_path / "tracker.xlsx"
        with pytest.raises(place.Changed):
            put(path, system=system, before_replace=lambda: path.write_bytes(THEIRS))
        assert path.read_bytes() == THEIRS
        assert alone(path)

    def test_between_the_last_look_and_the_swap(self, path: Path) -> None:
        with pytest.raises(place.Changed):
            put(path, system=Meddling(before=[THEIRS]))
        assert path.read_bytes() == THEIRS
        assert alone(path)

    def test_again_and_again_before_it_is_put_back(self, path: Path) -> None:
        with pytest.raises(place.Changed):
            put(path, system=Meddling(before=[THEIRS, LATER, LATEST]))
        assert path.read_bytes() == LATEST

    def test_again_before_it_is_put_back(self, path: Path) -> None:
        kept: list[bytes] = []
        with pytest.raises(place.Changed):
            put(path, system=Meddling(before=[THEIRS, LATER]))
        assert path.read_bytes() == LATER
        clear_up(path, now=datetime.now(UTC) + timedelta(days=2), keep=kept.append)  # noqa: TID251 - its files are new
        assert kept == [THEIRS]
        assert alone(path)

    def test_over_the_new_one_at_once(self, path: Path) -> None:
        with pytest.raises(place.Changed):
            put(path, system=Meddling(after=[THEIRS]))
        assert path.read_bytes() == THEIRS
        assert alone(path)

    def test_into_the_old_one_that_was_open_all_the_time(self, path: Path) -> None:
        with path.open("r+b") as theirs:  # opened before the lease of the run, which is not held here

            def write() -> None:
                theirs.write(THEIRS)
                theirs.flush()

            with pytest.raises(place.Changed):
                put(path, system=Meddling(write=write))
        assert path.read_bytes() == THEIRS

    def test_into_the_old_one_while_the_new_one_is_looked_at(self, path: Path) -> None:
        class Late(Unguarded):
            looks = 0

            def disturbed(self) -> bool:
                self.looks += 1
                return self.looks == 2

        class Watched(Linux):
            @contextmanager
            def hold(self, path: Path) -> Iterator[Guard]:  # noqa: ARG002 - nobody is there to be held off
                yield Late()

        with pytest.raises(place.Changed):
            put(path, system=Watched())
        assert path.read_bytes() == OLD
        assert alone(path)

    @pytest.mark.parametrize("kind", [Linux, pretend])
    def test_the_disk_that_gives_back_something_else_is_told(self, path: Path, kind: Callable[[], System]) -> None:
        system = kind()
        swap = system.swap

        def spoiling(new: Path, path: Path) -> Path | None:
            out = swap(new, path)
            if path.read_bytes() == NEW:
                found = path.stat()
                path.write_bytes(b"x" * found.st_size)
                os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
            return out

        system.swap = spoiling  # type: ignore[method-assign]
        with pytest.raises(SafetyError, match="disk"):
            put(path, system=system)
        assert path.read_bytes() == OLD


class Meddling(Linux):
    """Linux, with a person who saves in the worst instants."""

    hold = Posix.hold

    def __init__(
        self,
        before: list[bytes] | None = None,
        after: list[bytes] | None = None,
        write: Callable[[], None] | None = None,
    ) -> None:
        self._before, self._after, self._write = before or [], after or [], write

    def swap(self, new: Path, path: Path) -> Path | None:
        if self._before:
            save_like_excel(path, self._before.pop(0))
        out = super().swap(new, path)
        if self._after:
            save_like_excel(path, self._after.pop(0))
        if self._write:
            self._write()
            self._write = None
        return out


class TestStartingAgain:
    def test_three_times_and_then_the_update_waits(self, path: Path) -> None:
        tried: list[int] = []

        def attempt() -> None:
            tried.append(1)
            put(path, before_replace=lambda: save_like_excel(path, THEIRS + bytes([len(tried)])))

        with pytest.raises(InUseError, match="next run"):
            place.start_again(path, attempt)
        assert len(tried) == 3
        assert path.read_bytes() == THEIRS + b"\x03"

    def test_from_what_is_there_then(self, path: Path) -> None:
        saves = [THEIRS]

        def attempt() -> list[bytes]:
            return put(path, before_replace=lambda: save_like_excel(path, saves.pop()) if saves else None)

        assert place.start_again(path, attempt) == [THEIRS]
        assert path.read_bytes() == NEW


class TestWindows:
    """The logic of `swap_windows` over a pretended kernel; the four real calls were not run on Windows."""

    def test_nobody_can_write_from_the_last_look_on(self, path: Path) -> None:
        kernel, met = PretendKernel(), list[str]()

        def excel() -> None:
            with pytest.raises(OSError, match="Windows"):
                kernel.open_like_excel(path)
            met.append("refused")

        kernel.at_replace = excel
        put(path, system=pretend(kernel))
        assert met == ["refused"]
        assert kernel.calls == ["create", "replace", "close"]
        assert not kernel.handles

    def test_a_workbook_open_in_excel_is_in_use(self, path: Path) -> None:
        kernel = PretendKernel()
        kernel.open_like_excel(path)
        with pytest.raises(InUseError):
            put(path, system=pretend(kernel))
        assert path.read_bytes() == OLD
        assert alone(path)

    def test_a_scanner_that_looks_for_a_moment_does_not_stop_it(self, path: Path) -> None:
        kernel = PretendKernel(faults=[SHARING_VIOLATION, UNABLE_TO_REMOVE_REPLACED])
        put(path, system=pretend(kernel))
        assert path.read_bytes() == NEW

    def test_one_that_stays_makes_the_update_wait(self, path: Path) -> None:
        kernel = PretendKernel(faults=[SHARING_VIOLATION] * 9)
        with pytest.raises(InUseError):
            put(path, system=pretend(kernel))
        assert path.read_bytes() == OLD
        assert alone(path)
        assert not kernel.handles

    @pytest.mark.parametrize("times", [1, 9])
    def test_half_a_replacement_is_taken_back(self, path: Path, times: int) -> None:
        kernel = PretendKernel(faults=[UNABLE_TO_MOVE_REPLACEMENT_2] * times)
        with suppress(SafetyError):
            put(path, system=pretend(kernel))
        assert path.read_bytes() == (NEW if times == 1 else OLD)
        assert alone(path)

    def test_what_was_renamed_into_its_place_in_the_last_instant_goes_back(self, path: Path) -> None:
        kernel, saves = PretendKernel(), [THEIRS]
        kernel.at_replace = lambda: save_like_excel(path, saves.pop()) if saves else None
        with pytest.raises(place.Changed):
            put(path, system=pretend(kernel))
        assert path.read_bytes() == THEIRS
        assert alone(path)

    def test_a_run_ended_between_the_two_moves_is_put_right_at_the_next_start(self, path: Path) -> None:
        out = path.with_name(f".halfday-{gone()}-{stray(path)}.out.xlsx")
        path.rename(out)
        kept: list[bytes] = []
        assert clear_up(path, now=NOW, keep=kept.append) == 1
        assert path.read_bytes() == OLD
        assert not kept
        assert alone(path)


def gone() -> int:
    """The number of a process that has ended."""
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)
    return process


def stray(path: Path) -> str:
    from halfday_sync.whole_file import short, this_computer

    return f"{this_computer()}-{short(path.name)}-abcd1234"


class TestStrays:
    def clear(self, path: Path, now: datetime = NOW) -> list[bytes]:
        kept: list[bytes] = []
        clear_up(path, now=now, keep=kept.append)
        return kept

    def test_of_a_run_that_has_ended_go(self, path: Path) -> None:
        path.with_name(f".halfday-{gone()}-{stray(path)}.xlsx").write_bytes(NEW)
        assert self.clear(path) == []
        assert alone(path)

    def test_what_came_out_of_the_place_is_kept_first(self, path: Path) -> None:
        path.with_name(f".halfday-{gone()}-{stray(path)}.out.xlsx").write_bytes(THEIRS)
        assert self.clear(path) == [THEIRS]
        assert alone(path)

    @pytest.mark.parametrize(
        "name",
        [
            f".halfday-{os.getpid()}-{stray(Path('tracker.xlsx'))}.xlsx",
            f".halfday-999999999-000000-{stray(Path('tracker.xlsx'))[7:]}.xlsx",
            ".halfday-abcd1234.xlsx",
        ],
        ids=["of a run that goes on", "of another computer", "of an older Halfday"],
    )
    def test_others_stay_for_a_day(self, path: Path, name: str) -> None:
        file = path.with_name(name)
        file.write_bytes(NEW)
        made = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        self.clear(path, made + timedelta(hours=23))
        assert file.exists()
        self.clear(path, made + timedelta(hours=25))
        assert alone(path)

    def test_of_another_workbook_what_came_out_waits_for_its_own_run(self, path: Path) -> None:
        other = path.with_name("other.xlsx")
        file = path.with_name(f".halfday-{gone()}-{stray(other)}.out.xlsx")
        file.write_bytes(THEIRS)
        self.clear(path)
        assert file.exists()

    @pytest.mark.parametrize("name", [".halfday-notes.txt", "halfday-abcd1234.xlsx", ".halfday-abcd1234.xlsx/x"])
    def test_what_is_not_ours_stays_for_ever(self, path: Path, name: str) -> None:
        file = path.with_name(name.partition("/")[0])
        file.mkdir() if "/" in name else file.write_bytes(THEIRS)
        self.clear(path, datetime.max.replace(tzinfo=UTC))
        assert file.exists()


def test_a_file_put_whole_goes_by_the_same_names(path: Path) -> None:
    seen: list[str] = []

    def look() -> bool:
        seen.extend(one.name for one in path.parent.iterdir() if one != path)
        return True

    assert put_whole(path, NEW, may=look)
    assert [name.startswith(f".halfday-{os.getpid()}-") for name in seen] == [True]
    assert path.read_bytes() == NEW
    assert alone(path)
