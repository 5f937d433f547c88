"""A workbook that cannot be written is found out before anything is lost, and people are told what to do."""

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.place_jobs import Jobs, jobs, with_part
from tests.pretend_windows import fault as of_windows

from halfday_sync.config import FILE, load
from halfday_sync.errors import Exit, HalfdayError, InUseError, SafetyError, SettingsError
from halfday_sync.whole_file import computer
from halfday_sync.workbook import users
from halfday_sync.workbook.file_faults import not_on_this_disk, trouble
from halfday_sync.workbook.in_use import refuse_if_in_use
from halfday_sync.workbook.swap_windows import winerror

EXCEL = bytes([8]) + b"J Okoye " + b" " * 46 + bytes([7, 0]) + "J Okoye".encode("utf-16-le")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "tracker.xlsx"
    file.write_bytes(b"a workbook")
    return file


@pytest.fixture(scope="module")
def others() -> Iterator[Jobs]:
    with jobs() as process:
        yield process


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter; those of pytest they may not."""
    with tempfile.TemporaryDirectory(prefix="halfday-tests-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def told(path: Path) -> str:
    """What the person is told where the workbook is open."""
    with pytest.raises(InUseError) as stop:
        refuse_if_in_use(path)
    return stop.value.text()


def test_a_workbook_that_nobody_has_open_is_free(path: Path) -> None:
    refuse_if_in_use(path)
    refuse_if_in_use(path.with_name("not there yet.xlsx"))


class TestLockFiles:
    def test_of_excel_says_who_and_what_to_do(self, path: Path) -> None:
        path.with_name("~$tracker.xlsx").write_bytes(EXCEL)
        text = told(path)
        assert "J Okoye has it open" in text
        assert "the update will be made at the next run" in text
        assert "marks are in the store" in text
        assert "delete ~$tracker.xlsx" in text

    def test_of_a_program_that_cuts_long_names(self, path: Path) -> None:
        long = path.with_name("attendance tracker.xlsx")
        long.write_bytes(b"a workbook")
        long.with_name("~$tendance tracker.xlsx").write_bytes(EXCEL)
        assert "J Okoye" in told(long)
        long.with_name("tendance tracker.xlsx").write_bytes(b"then the lock is this one's")
        refuse_if_in_use(long)

    def test_of_another_workbook_means_nothing(self, path: Path) -> None:
        path.with_name("~$acker.xlsx").write_bytes(EXCEL)
        path.with_name("~$other tracker.xlsx").write_bytes(EXCEL)
        refuse_if_in_use(path)

    def test_of_libreoffice(self, path: Path) -> None:
        users.libreoffice_lock(path).write_text("Jo Okoye,jo,office-pc,05.12.2025 08:01,file:///profile;")
        assert "Jo Okoye has it open" in told(path)

    def test_of_libreoffice_from_before_this_computer_was_started(self, path: Path) -> None:
        lock = users.libreoffice_lock(path)
        lock.write_text(f",jo,{computer()},05.12.2025 08:01,file:///profile;")
        told(path)
        os.utime(lock, (1_000_000_000, 1_000_000_000))
        refuse_if_in_use(path)
        lock.write_text(",jo,another-computer,05.12.2025 08:01,file:///profile;")
        os.utime(lock, (1_000_000_000, 1_000_000_000))
        assert "jo has it open" in told(path)

    def test_that_cannot_be_read_counts_all_the_same(self, path: Path) -> None:
        path.with_name("~$tracker.xlsx").mkdir()
        assert "somebody has it open" in told(path)


class TestOpenPrograms:
    def test_one_that_writes_is_found_and_named(self, path: Path, others: Jobs) -> None:
        process = others.start("hold_open", path, "r+b")
        assert others.said() == "open"
        text = told(path)
        assert f"(process {process}) has it open" in text
        others.kill(process)
        refuse_if_in_use(path)

    def test_one_that_only_reads_is_in_nobodys_way(self, path: Path, others: Jobs) -> None:
        process = others.start("hold_open", path, "rb")
        assert others.said() == "open"
        refuse_if_in_use(path)
        others.kill(process)


class TestRealFaults:
    """Faults of the real system, met by an ordinary user in another process."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        file = tmp_path / "new"
        file.write_bytes(with_part(EMPTY, "x", os.urandom(40_000).hex()))
        return file

    def put(self, others: Jobs, path: Path, book: Path, largest: int = 0) -> str:
        answer = others.do("try_to_put", path, book, largest)
        assert isinstance(answer, str)
        return answer

    def test_nothing_stands_in_the_way(self, open_folder: Path, others: Jobs, book: Path) -> None:
        open_folder.chmod(0o777)
        assert self.put(others, open_folder / "tracker.xlsx", book) == "0 done"

    def test_a_folder_that_this_user_may_not_write(self, open_folder: Path, others: Jobs, book: Path) -> None:
        path = open_folder / "tracker.xlsx"
        path.write_bytes(EMPTY)
        path.chmod(0o666)
        open_folder.chmod(0o555)
        assert "6 This user has no right" in self.put(others, path, book)
        assert path.read_bytes() == EMPTY

    def test_a_folder_that_this_user_may_not_enter(self, open_folder: Path, others: Jobs, book: Path) -> None:
        open_folder.chmod(0o000)
        assert "6 This user has no right" in self.put(others, open_folder / "tracker.xlsx", book)

    def test_a_file_that_this_user_may_not_write(self, open_folder: Path, others: Jobs, book: Path) -> None:
        open_folder.chmod(0o777)
        path = open_folder / "tracker.xlsx"
        path.write_bytes(EMPTY)
        path.chmod(0o600 if os.getuid() == 0 else 0o000)  # root's own; or one that nobody may read
        assert self.put(others, path, book).startswith("6 ")
        assert path.read_bytes() == EMPTY

    def test_no_room_for_the_new_one(self, open_folder: Path, others: Jobs, book: Path) -> None:
        open_folder.chmod(0o777)
        path = open_folder / "tracker.xlsx"
        path.write_bytes(EMPTY)
        path.chmod(0o666)
        assert "is full" in self.put(others, path, book, largest=4096)
        assert path.read_bytes() == EMPTY
        assert list(open_folder.iterdir()) == [path]

    def test_a_write_protected_file(self, path: Path) -> None:
        path.chmod(0o444)
        with pytest.raises(SafetyError, match="write-protected"):
            refuse_if_in_use(path)

    def test_a_name_that_is_too_long(self, path: Path) -> None:
        with pytest.raises(SafetyError, match="too long"):
            refuse_if_in_use(path.with_name("x" * 300 + ".xlsx"))

    def test_a_name_that_only_a_lock_file_would_make_too_long(self, path: Path) -> None:
        long = path.with_name("x" * 248 + ".xlsx")
        long.write_bytes(b"a workbook")
        refuse_if_in_use(long)

    def test_a_folder_that_is_away(self, path: Path) -> None:
        with pytest.raises(SafetyError, match="cannot be reached"):
            refuse_if_in_use(path.parent / "drive" / "tracker.xlsx")
        with pytest.raises(SafetyError, match="cannot be reached"):
            refuse_if_in_use(path / "tracker.xlsx")  # a file where a folder should be


EMPTY = b"PK\x05\x06" + bytes(18)


class TestWhatAFaultMeans:
    """Faults that this computer cannot be brought to make."""

    @pytest.mark.parametrize(
        ("fault", "code", "words"),
        [
            (OSError(errno.EBUSY, ""), Exit.IN_USE, "is open"),
            (OSError(errno.ETXTBSY, ""), Exit.IN_USE, "is open"),
            (of_windows(32), Exit.IN_USE, "is open"),
            (of_windows(33), Exit.IN_USE, "is open"),
            (of_windows(1224), Exit.IN_USE, "is open"),
            (of_windows(5), Exit.IN_USE, "is open"),  # the file can be opened all the same
            (OSError(errno.EACCES, ""), Exit.SAFETY, "no right"),
            (OSError(errno.EPERM, ""), Exit.SAFETY, "no right"),
            (OSError(errno.EROFS, ""), Exit.SAFETY, "read but not written"),
            (of_windows(19), Exit.SAFETY, "read but not written"),
            (OSError(errno.ENOSPC, ""), Exit.SAFETY, "is full"),
            (OSError(errno.EDQUOT, ""), Exit.SAFETY, "is full"),
            (of_windows(112), Exit.SAFETY, "is full"),
            (of_windows(206), Exit.SAFETY, "too long"),
            (OSError(errno.ESTALE, ""), Exit.SAFETY, "cannot be reached"),
            (OSError(errno.EHOSTDOWN, ""), Exit.SAFETY, "cannot be reached"),
            (of_windows(3), Exit.SAFETY, "cannot be reached"),
            (of_windows(53), Exit.SAFETY, "cannot be reached"),
            (of_windows(362), Exit.SAFETY, "online only"),
            (OSError(errno.EIO, "the disk is broken"), Exit.SAFETY, "the disk is broken"),
        ],
        ids=lambda one: f"{one.errno} {winerror(one)}" if isinstance(one, OSError) else str(one),
    )
    def test_in_a_plain_sentence(self, path: Path, fault: OSError, code: Exit, words: str) -> None:
        stop = trouble(path, fault)
        assert stop.code == code
        assert words in stop.what
        assert "marks are in the store" in stop.done
        assert "next run" in stop.done
        assert stop.now

    def test_a_path_at_the_edge_of_what_windows_takes(self, tmp_path: Path) -> None:
        deep = tmp_path.joinpath(*["folder" * 5] * 9) / "tracker.xlsx"
        assert "too long" in trouble(deep, of_windows(3)).what

    @pytest.mark.parametrize(
        ("attributes", "elsewhere"), [(0x20, False), (0x400020, True), (0x1020, True), (0x40020, True)]
    )
    def test_a_file_that_onedrive_keeps_elsewhere(self, attributes: int, *, elsewhere: bool) -> None:
        found = SimpleNamespace(st_file_attributes=attributes)
        assert not_on_this_disk(found) is elsewhere  # type: ignore[arg-type]

    def test_no_message_names_a_pupil_or_more_of_the_path_than_is_needed(self, path: Path) -> None:
        stops: list[HalfdayError] = [trouble(path, OSError(number, "")) for number in errno.errorcode]
        assert all(path.name in stop.what for stop in stops)


@pytest.mark.parametrize("key", ["workbook", "store"])
def test_a_web_address_in_the_settings_is_told_what_to_do_instead(tmp_path: Path, key: str) -> None:
    (tmp_path / FILE).write_text(
        f'[school]\nname = "New"\npolicy = "wath-central"\n{key} = "https://school.sharepoint.com/tracker.xlsx"\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError, match=rf"school\.{key}: is a web address"):
        load(tmp_path)
