"""`halfday` in a process of its own, which a test kills while Google is being asked.

`python -m tests.mirror_process BASE MOMENT WORD…` runs a command at that moment, with the made-up Google at BASE.
"""

import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import time_machine
from tests.google_emulator import Fault, Google
from tests.google_line import line

from halfday_sync import cli

ROOT = Path(__file__).parents[1]


@dataclass
class Doomed:
    """A run that is killed when it asks Google for something.

    Attributes:
        google: whom it asks.
        base: where that is.
    """

    google: Google
    base: str
    process: subprocess.Popen[bytes] | None = None

    def run(self, folder: Path, at: datetime, match: str, drop: str) -> int:
        """Runs until a call that matches.

        Args:
            folder: the school's.
            at: when.
            match: part of `METHOD url`.
            drop: `before`: the call is not worked on; `after`: it is, and nobody is there for the answer.

        Returns:
            How the process ended.
        """
        self.google.fail(match, Fault(first=self._kill, drop=drop))
        words = ["-m", "tests.mirror_process", self.base, at.isoformat(), "run", "--school", str(folder)]
        self.process = subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL)
        return self.process.wait(timeout=60)

    def _kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=60)


def main(base: str, moment: str, *words: str) -> int:
    with line(base), time_machine.travel(datetime.fromisoformat(moment), tick=True):
        return cli.main([*words])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
