"""What other processes do in the tests of putting a workbook in place: one clean process, a fork of it for each job.

`python -m tests.place_jobs` reads jobs as lines of JSON, says the number of the process that does each, and its answer.
"""

import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from halfday_sync.errors import HalfdayError, InUseError
from halfday_sync.workbook import generations, place
from halfday_sync.workbook.in_use import refuse_if_in_use
from halfday_sync.workbook.swap import Linux, this_system

ROOT = Path(__file__).parents[1]
NOBODY = 65534
AT = datetime(2025, 12, 5, 8, 0)  # noqa: DTZ001 - the clock on the wall of a made-up school
NOTES = "staff.txt"


def whole(data: bytes) -> None:
    """Proves a workbook as these tests need it: every part of the package can be read."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert package.testzip() is None


def with_part(data: bytes, name: str, text: str) -> bytes:
    """A workbook with one part of its package written anew, the others as they were."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info.filename))
        new.writestr(name, text)
    return out.getvalue()


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.read(name).decode()


def save_like_excel(path: Path, data: bytes) -> None:
    """A temporary file beside it, then a rename."""
    handle, name = tempfile.mkstemp(prefix="~", suffix=".tmp", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)


def save_like_a_bad_sync_client(path: Path, data: bytes) -> None:
    """Into the file itself, in pieces."""
    with path.open("r+b") as file:
        file.truncate()
        for at in range(0, len(data), 8192):
            file.write(data[at : at + 8192])


SAVERS = {"excel": save_like_excel, "sync": save_like_a_bad_sync_client}


# Jobs -----------------------------------------------------------------------------------------------------------------


def put_for_ever(path: str, old: str, new: str, earlier: str) -> None:
    """The whole protocol over and over, until it is killed."""
    target, folder = Path(path), Path(earlier)
    contents = [Path(old).read_bytes(), Path(new).read_bytes()]
    while True:
        found, stamp = place.read(target)
        place.put(
            target,
            contents[found == contents[0]],
            expected=stamp,
            prove=whole,
            keep=lambda data: _kept(folder, target, data),
        )


def _kept(folder: Path, target: Path, data: bytes) -> None:
    generations.keep(folder, target.name, data, at=AT)


def die_at_the_swap(path: str, old: str, theirs: str) -> None:
    """A person saves between the last look and the swap, and the run is killed before it can look at what came out."""

    class Dying(Linux):
        def swap(self, new: Path, path: Path) -> Path | None:
            save_like_excel(path, Path(theirs).read_bytes())
            super().swap(new, path)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

    target = Path(path)
    place.put(
        target,
        Path(old).read_bytes(),
        expected=place.read(target)[1],
        prove=whole,
        keep=lambda _: None,
        system=Dying(),
    )


def race(path: str, way: str, rounds: int, seed: int) -> dict[str, int]:
    """A person saves at random instants, while a run updates the workbook without a pause.

    After each save at least one whole attempt of the run goes by; then what the person saved must be there.
    """
    target, chance = Path(path), random.Random(seed)
    ended, tell = os.pipe()
    agent = os.fork()
    if agent == 0:
        os.close(ended)
        _update_for_ever(target, tell)
    os.close(tell)
    counts = dict.fromkeys(("lost", "corrupt", "updated", "restarted", "waited"), 0)
    mine, longest = target.read_bytes(), 0.0
    try:
        for number in range(rounds):
            mine = with_part(mine, NOTES, str(number))
            started = time.perf_counter()
            _count(counts, os.read(ended, 1))  # an attempt ended now: the save falls anywhere in the next one
            longest = max(longest, time.perf_counter() - started)
            _busy(chance.uniform(0, longest))
            SAVERS[way](target, mine)
            _count(counts, os.read(ended, 65536))
            for _ in range(2):
                _count(counts, os.read(ended, 1))
            with suppress(zipfile.BadZipFile):
                mine = target.read_bytes()
                whole(mine)
                counts["lost"] += part(mine, NOTES) != str(number)
                continue
            counts["corrupt"] += 1
    finally:
        os.kill(agent, signal.SIGKILL)
        os.waitpid(agent, 0)
    return counts


def _count(counts: dict[str, int], told: bytes) -> None:
    for name, letter in (("updated", b"u"), ("restarted", b"r"), ("waited", b"w")):
        counts[name] += told.count(letter)


def _busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _update_for_ever(target: Path, tell: int) -> None:
    number = 0
    while True:
        number += 1
        letter = b"u"
        try:
            found, stamp = place.read(target)
            new = with_part(found, "agent.txt", str(number))
            place.put(target, new, expected=stamp, prove=whole, keep=lambda _: None)
        except place.Changed:
            letter = b"r"
        except (InUseError, zipfile.BadZipFile):  # open, or half written by the sync client: another time
            letter = b"w"
        os.write(tell, letter)


def try_to_put(path: str, old: str, largest: int) -> str:
    """Puts a workbook in place as an ordinary user; what the person is told."""
    if largest:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    data = Path(old).read_bytes()
    whole(data)  # now, since an ordinary user may not be able to load what Python needs for it
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    target = Path(path)
    try:
        refuse_if_in_use(target)
        stamp = place.read(target)[1] if target.exists() else None
        place.put(target, data, expected=stamp, prove=whole, keep=lambda _: None)
    except HalfdayError as stop:
        return f"{int(stop.code)} {stop.text()}"
    return "0 done"


def hold_open(path: str, way: str) -> None:
    """Has the file open until it is killed, as a program does that knows no lock files."""
    with Path(path).open(way):
        _say("open")
        signal.pause()


JOBS: dict[str, Callable[..., Any]] = {
    job.__name__: job for job in (put_for_ever, die_at_the_swap, race, try_to_put, hold_open)
}


# The clean process ----------------------------------------------------------------------------------------------------


def main() -> None:
    """Forks for each line; says the process, then what came of it."""
    this_system()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        process = os.fork()
        if process == 0:
            code = 1
            try:
                answer = JOBS[name](*arguments)
                _say(json.dumps({"answer": answer}))
                code = 0
            except BaseException:  # noqa: BLE001 - whatever it is, the test shall show it
                traceback.print_exc()
            finally:
                os._exit(code)
        _say(str(process))
        os.waitpid(process, 0)
        _say("ended")


def _say(line: str) -> None:
    """In one piece, since two processes speak here: print makes two of it where Python does not buffer."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Jobs:
    """The clean process; one job at a time."""

    process: subprocess.Popen[str]

    def start(self, name: str, *arguments: object) -> int:
        """Starts a job; the number of its process."""
        assert self.process.stdin
        self.process.stdin.write(
            json.dumps([name, [str(one) if isinstance(one, Path) else one for one in arguments]]) + "\n"
        )
        self.process.stdin.flush()
        lines = [self.line()]
        while not lines[-1].isdigit():  # a quick job may speak before its number is said
            lines.append(self.line())
        self._early = lines[:-1]
        return int(lines[-1])

    def line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the process of the jobs has ended"
        return line.strip()

    def said(self) -> str:
        """The next line that the job says."""
        return self._early.pop(0) if self._early else self.line()

    def wait(self) -> Any:
        """Waits for the end of the job; its answer, or nothing where it was killed."""
        answer = None
        while (line := self.said()) != "ended":
            answer = json.loads(line)["answer"]
        return answer

    def wait_for_nothing(self, seconds: float) -> None:
        """Lets a job that never says anything work for so long."""
        assert self.process.stdout
        assert select.select([self.process.stdout], [], [], seconds)[0] == []

    def kill(self, process: int) -> None:
        """Ends a job as a power cut would, and waits until the system has let go of it."""
        os.kill(process, signal.SIGKILL)
        while self.said() != "ended":
            pass

    def do(self, name: str, *arguments: object) -> Any:
        """Runs a job to its end."""
        self.start(name, *arguments)
        return self.wait()


@contextmanager
def jobs() -> Iterator[Jobs]:
    """A clean process for jobs."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.place_jobs"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Jobs(process)
        finally:
            process.kill()


if __name__ == "__main__":
    main()
