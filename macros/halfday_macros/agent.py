"""The agent on this computer, asked in a process of its own: a broken run never takes Excel's Python with it."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from halfday_macros.desk import Answer, Stop

MISSING = (
    "The Halfday program cannot be reached on this computer, so the button has done nothing. The workbook works "
    "without it. Ask whoever looks after your computers to install Halfday here."
)
SILENT = (
    "Halfday did not finish in time and was stopped. Nothing in this workbook has changed. Please try again in a few "
    "minutes; if it happens again, tell whoever looks after your computers."
)


@dataclass(frozen=True)
class LocalAgent:
    """The agent of this very Python. `environment` is what the process sees of the system; empty for all of it."""

    program: tuple[str, ...] = (sys.executable, "-X", "utf8", "-m", "halfday_sync")
    environment: Mapping[str, str] | None = None

    def ask(self, words: Sequence[str], *, patience: float) -> Answer:
        """Runs one command.

        Raises:
            Stop: the program is not there, or did not answer in time (it was stopped then).
        """
        try:
            done = subprocess.run(  # noqa: S603 - our own program, words in a list, no shell
                [*self.program, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=patience,
                check=False,
                env=self.environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no black window
            )
        except subprocess.TimeoutExpired as late:
            raise Stop(SILENT) from late
        except OSError as fault:
            raise Stop(MISSING) from fault
        if done.returncode == 1 and "No module named" in done.stderr:
            raise Stop(MISSING)
        return Answer(done.returncode, done.stdout, done.stderr)
