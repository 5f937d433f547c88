"""A launchd agent of the user on a Mac. Source: launchd.plist(5), launchctl(1) (A for the keys, B for the tool).

`KeepAlive` with `SuccessfulExit` false starts it again until it ends with 0. `ThrottleInterval` and `ExitTimeOut` are
seconds (10 and 20 where nothing is said), `Umask` is a number, which a property list writes in tens.
"""

import plistlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from halfday_sync.services.wanted import NOT_THERE, Ran, Runner, Wanted, must, schools_in, unreadable, whole_or_not
from halfday_sync.whole_file import put_whole

LABEL = "org.halfday.watch"
_NOW = "Log in as the user who runs Halfday, on the Mac itself, and try again; or ask IT support with these lines."


@dataclass(frozen=True)
class Agent:
    """The agent of one user."""

    wanted: Wanted
    run: Runner

    @property
    def path(self) -> Path:
        """Where the user's agents are."""
        return self.wanted.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def text(self) -> str:
        """The property list."""
        log = self.wanted.home / "Library" / "Logs" / "halfday-watch.log"
        keys: dict[str, Any] = {
            "Label": LABEL,
            "ProgramArguments": self.wanted.words(),
            "WorkingDirectory": str(self.wanted.home),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},  # one that was told to stop stays stopped
            "ThrottleInterval": 60,
            "ExitTimeOut": 180,  # a run that has begun is finished first
            "ProcessType": "Background",
            "Umask": 0o077,
            "StandardErrorPath": str(log),
        }
        return plistlib.dumps(keys, sort_keys=False).decode()

    def place(self) -> str:
        """Where the agent is."""
        return str(self.path)

    def when(self) -> list[str]:
        """For whom it runs, and when not."""
        return [
            "It runs only while this user is logged in on the Mac, and while the Mac is awake.",
            "Runs that were missed are made up, by one run, as soon as the user logs in or the Mac wakes.",
        ]

    def schools(self) -> tuple[str, ...]:
        """The schools of the agent that is installed."""
        if not self.path.exists():
            return ()
        try:
            found = schools_in(plistlib.loads(self.path.read_bytes())["ProgramArguments"])
        except (plistlib.InvalidFileException, ExpatError, KeyError, TypeError, ValueError):
            found = ()
        return found or unreadable(self.place())

    def install(self) -> list[str]:
        """Writes the agent and loads it; one that is loaded is taken out first."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_not(self.path):
            put_whole(self.path, self.text().encode())
            self._launchctl("bootout", f"{self._domain}/{LABEL}")  # fails where none is loaded, as it should
            must(self._launchctl("bootstrap", self._domain, str(self.path)), "launchctl did not load the agent", _NOW)
        return [f"Written: {self.path}", "The watch runs now, and whenever this user is logged in."]

    def remove(self) -> list[str]:
        """Stops it, and takes the agent away."""
        if not self.path.exists():
            return ["There is nothing to remove."]
        self._launchctl("bootout", f"{self._domain}/{LABEL}")
        self.path.unlink()
        return [f"Stopped and removed: {self.path}"]

    def show(self) -> list[str]:
        """What launchd says about it."""
        if not self.path.exists():
            return [NOT_THERE]
        return [str(self.path), *self._launchctl("print", f"{self._domain}/{LABEL}").said.splitlines()]

    def is_installed(self) -> bool:
        """Whether the agent is there."""
        return self.path.exists()

    @property
    def _domain(self) -> str:
        return f"gui/{self.wanted.user}"

    def _launchctl(self, *words: str) -> Ran:
        return self.run(["launchctl", *words])
