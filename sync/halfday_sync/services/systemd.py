"""A systemd unit of the user. Sources: systemd.service(5), systemd.exec(5), systemd.syntax(7) of systemd 252 (A).

The manager of a user has no `network-online.target`, so the unit waits for nothing: the loop asks a source that cannot
be reached again. Of the sandbox only those parts are used that need no rights: the others fail in a user's unit.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from halfday_sync.services.wanted import NOT_THERE, Ran, Runner, Wanted, must, schools_in, unreadable, whole_or_not
from halfday_sync.whole_file import put_whole

NAME = "halfday-watch.service"
_NOW = "Log in as the user who runs Halfday, on the computer itself, and try again; or ask IT support with these lines."
_UNIT = """\
[Unit]
Description=Halfday: fills the attendance tracker on school days
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=:{words}
WorkingDirectory=~
Restart=on-failure
RestartSec=60
KillMode=mixed
TimeoutStopSec=180
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
"""


def quoted(word: str) -> str:
    r"""A word of `ExecStart=`, so that spaces, quotes, backslashes and `%` are only themselves.

    A dollar needs nothing, since the line begins with `:`, which turns variables off.

    >>> print(quoted('of "5%"'))
    "of \"5%%\""
    """
    spelled = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + "".join(sign if sign.isprintable() else _spelled(sign) for sign in spelled) + '"'


_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})|\\(.)|%%")


def unquoted(line: str) -> list[str]:
    r"""The words of a line that `quoted` made.

    >>> unquoted('ExecStart=:"/a b" "of \\"5%%\\"" "\\xc2\\x85"') == ["/a b", 'of "5%"', "\x85"]
    True
    """

    def meant(found: re.Match[bytes]) -> bytes:
        return bytes.fromhex(found[1].decode()) if found[1] else found[2] or b"%"

    words = (word.encode("utf-8", "surrogateescape") for word in _WORD.findall(line))
    return [_ESCAPE.sub(meant, word).decode("utf-8", "surrogateescape") for word in words]


def _spelled(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True)
class Unit:
    """The unit of one user."""

    wanted: Wanted
    run: Runner

    @property
    def path(self) -> Path:
        """Where the user's units are."""
        return self.wanted.home / ".config" / "systemd" / "user" / NAME

    def text(self) -> str:
        """The unit. systemd takes no program with a quote or a backslash in its path (`/home/o'neil`); `env` does."""
        words = self.wanted.words()
        if any(sign in words[0] for sign in "\"'\\"):
            words = ["/usr/bin/env", *words]
        return _UNIT.format(words=" ".join(map(quoted, words)))

    def place(self) -> str:
        """Where the unit is."""
        return str(self.path)

    def when(self) -> list[str]:
        """For whom it runs, and when not."""
        return [
            "It runs only while this user is logged in, unless lingering is switched on: loginctl enable-linger",
            "Runs that were missed are made up, by one run, as soon as the user logs in.",
        ]

    def schools(self) -> tuple[str, ...]:
        """The schools of the unit that is installed."""
        if not self.path.exists():
            return ()
        text = self.path.read_bytes().decode("utf-8", "surrogateescape")
        line = next((line for line in text.split("\n") if line.startswith("ExecStart=")), "")
        return schools_in(unquoted(line)) or unreadable(self.place())

    def install(self) -> list[str]:
        """Writes the unit, has it started with the user's session, and starts it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_not(self.path):
            put_whole(self.path, self.text().encode("utf-8", "surrogateescape"))
            for words in (["daemon-reload"], ["enable", NAME], ["restart", NAME]):
                must(self._systemctl(*words), f"systemctl --user {words[0]} did not go through", _NOW)
        return [
            f"Written: {self.path}",
            "The watch runs now, and whenever this user is logged in.",
            "To have it run while nobody is logged in: loginctl enable-linger",
        ]

    def remove(self) -> list[str]:
        """Stops it, and takes the unit away."""
        if not self.path.exists():
            return ["There is nothing to remove."]
        must(self._systemctl("disable", "--now", NAME), "systemctl --user disable did not go through", _NOW)
        self.path.unlink()
        must(self._systemctl("daemon-reload"), "systemctl --user daemon-reload did not go through", _NOW)
        return [f"Stopped and removed: {self.path}"]

    def show(self) -> list[str]:
        """What systemd says about it."""
        if not self.path.exists():
            return [NOT_THERE]
        return [str(self.path), *self._systemctl("status", "--no-pager", "--lines=0", NAME).said.splitlines()]

    def is_installed(self) -> bool:
        """Whether the unit is there."""
        return self.path.exists()

    def _systemctl(self, *words: str) -> Ran:
        return self.run(["systemctl", "--user", *words])
