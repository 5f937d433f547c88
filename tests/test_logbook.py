"""The log file of a school: rotating, private, only ours, and never in the way of a run."""

import contextlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from tests.exports import Run

from halfday_sync.errors import SourceError
from halfday_sync.logbook import ERROR, FILE, INFO, files, kept, open_log, words_of


def lines(folder: Path) -> list[str]:
    return (folder / FILE).read_text(encoding="utf-8").splitlines()


def test_a_line_has_its_time_with_offset_its_level_and_its_words(tmp_path: Path) -> None:
    with open_log(tmp_path) as tell:
        tell(INFO, "420 pupils, 2 changes")
    (line,) = lines(tmp_path)
    when, level, words = line.split(" ", 2)
    assert datetime.fromisoformat(when).utcoffset() is not None
    assert (level, words) == ("INFO", "420 pupils, 2 changes")


def test_whatever_the_words_hold_they_are_one_line(tmp_path: Path) -> None:
    with open_log(tmp_path) as tell:
        tell(ERROR, "first\n  second\r\n\n2025-12-05T07:15:00+00:00 INFO made up\x1b[2J 100%s")
    (line,) = lines(tmp_path)
    assert line.endswith("ERROR first | second | 2025-12-05T07:15:00+00:00 INFO made up [2J 100%s")


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    with open_log(tmp_path) as tell:
        tell(INFO, "x")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_five_files_of_a_megabyte_are_kept(tmp_path: Path) -> None:
    with open_log(tmp_path) as tell:
        for _ in range(900):
            tell(INFO, "x" * 10_000)
    found = sorted(tmp_path.iterdir())
    assert [path.name for path in found] == [FILE, *(f"{FILE}.{n}" for n in range(1, 5))]
    assert all(path.stat().st_size <= 1_000_000 and path.stat().st_mode & 0o777 == 0o600 for path in found)


def test_where_the_next_file_cannot_be_begun_this_one_grows_on(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.3").touch()
    (tmp_path / f"{FILE}.4").mkdir()  # it refuses as Windows does while another run has the file open
    with open_log(tmp_path) as tell:
        for number in range(120):
            tell(INFO, f"{number} " + "x" * 10_000)
    count = len(lines(tmp_path))
    assert count == 120


@pytest.mark.parametrize("folder", ["none", "file"])
def test_a_log_that_cannot_be_written_stops_nobody(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with open_log(tmp_path / folder) as tell:
        tell(INFO, "lost")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_two_schools_in_one_process_each_have_their_own_lines(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        (tmp_path / name).mkdir(exist_ok=True)
        with open_log(tmp_path / name) as tell:
            tell(INFO, f"of {name}")
    assert [line.split(" ", 2)[2] for line in lines(tmp_path / "a")] == ["of a", "of a"]
    assert [line.split(" ", 2)[2] for line in lines(tmp_path / "b")] == ["of b"]


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def test_what_other_libraries_log_never_gets_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    root = list(logging.getLogger().handlers)
    server = HTTPServer(("127.0.0.1", 0), _Answer)
    thread = Thread(target=server.handle_request)
    thread.start()
    with caplog.at_level(logging.INFO), open_log(tmp_path) as tell:
        tell(INFO, "begins")
        with httpx.Client() as client:
            client.get(f"http://127.0.0.1:{server.server_port}/marks?token=hunter2")
        assert logging.getLogger().handlers == root
    thread.join()
    server.server_close()
    assert "hunter2" in caplog.text, "httpx does log the address: that is the danger"
    assert not [path for path in tmp_path.iterdir() if "hunter2" in path.read_text(encoding="utf-8")]
    assert len(lines(tmp_path)) == 1


def test_our_lines_do_not_wander_to_anybody_elses_log(tmp_path: Path) -> None:
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        with open_log(tmp_path) as tell:
            tell(ERROR, "ours")
    finally:
        logging.getLogger().removeHandler(handler)
    assert seen == []


def test_afterwards_nothing_is_left_open(tmp_path: Path) -> None:
    with contextlib.suppress(RuntimeError), open_log(tmp_path) as tell:
        tell(INFO, "x")
        raise RuntimeError
    assert not [one for one in logging.getLogger("halfday").handlers if isinstance(one, logging.FileHandler)]


def test_what_a_run_says_and_what_stops_it_are_kept_and_told_all_the_same(tmp_path: Path) -> None:
    said: list[str] = []

    def refuses(speak: Callable[[str], None]) -> int:
        speak("read 9 pupils")
        raise SourceError("It cannot be right.")

    def does(speak: Callable[[str], None]) -> int:
        speak("done")
        return 7

    assert kept(tmp_path, said.append, does) == 7
    with pytest.raises(SourceError):
        kept(tmp_path, said.append, refuses)
    assert said == ["done", "read 9 pupils"]
    assert [line.split(" ", 1)[1] for line in lines(tmp_path)] == [
        "INFO done",
        "INFO read 9 pupils",
        "ERROR It cannot be right. | Nothing was changed.",
    ]


def test_a_refusal_is_kept_in_its_own_words_and_a_fault_without_its_text() -> None:
    stop = SourceError("It cannot be right.", problems=[f"row {n}" for n in range(1000)])
    assert "row 19" in words_of(stop)
    assert "and 980 more" in words_of(stop)
    try:
        int("Amelia Example")
    except ValueError as fault:
        words = words_of(fault)
    assert re.search(r"A fault in Halfday \(ValueError\)\.\ntest_logbook\.py:\d+ in test_", words)
    assert "Amelia" not in words


def test_the_time_is_that_of_the_line(tmp_path: Path) -> None:
    import time_machine

    with time_machine.travel(datetime(2026, 6, 1, 6, 15, tzinfo=UTC), tick=False), open_log(tmp_path) as tell:
        tell(INFO, "x")
    assert datetime.fromisoformat(lines(tmp_path)[0].split()[0]) == datetime(2026, 6, 1, 6, 15, tzinfo=UTC)


def test_all_its_files_are_known_by_name(tmp_path: Path) -> None:
    with open_log(tmp_path) as tell:
        for _ in range(900):
            tell(INFO, "x" * 10_000)
    assert sorted(files(tmp_path)) == sorted(tmp_path.iterdir())
    assert files(tmp_path)[0].name == FILE


def test_a_demonstration_with_older_logs_is_made_anew(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    words = ("demo", "--into", folder, "--pupils", 12, "--as-of", "2025-09-12")
    assert run(*words)[0] == 0
    for path in files(folder):
        path.touch()
    assert run(*words)[0] == 0
    assert not [path for path in files(folder) if path.exists()]
