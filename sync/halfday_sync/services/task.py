r"""A scheduled task of Windows. Source: Microsoft's Task Scheduler schema 1.2 (MS-TSCH 2.5), `schtasks /?` (A).

What the schema says of the parts that are used (learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema, A):
`RestartOnFailure` has both an `Interval` (`PT1M` to `P31D`) and a `Count` (`unsignedByte` from 1, so 1 to 255).
`StartWhenAvailable` makes up for a start that was missed, about ten minutes after the computer is on. A trigger's own
elements come after the common ones; of these the schema has `Enabled` first and the page about each trigger
`StartBoundary`, so the triggers leave `Enabled` out (without it they are enabled). The elements of `Settings`,
`Principal`, `Exec`, `Repetition` and `RestartOnFailure` may stand in any order (`xs:all`).

Microsoft's help calls a task failed whose last result is no success; whether that is so of a program that ends by
itself with a code of its own is not certain (B). So the daily trigger also repeats every hour: where the watch is
running, that does nothing (`IgnoreNew`).

`Documentation` is a text of `RegistrationInfo` (A); it holds the schools' folders, so that they can be read back.

It runs as the user who installs it, while that user is logged on: so it needs no password, and finds their credential
store and their open Excel. `pythonw.exe` has no window.
"""

import html
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from halfday_sync.addins.desktop import windowless
from halfday_sync.services.wanted import NOT_THERE, Ran, Runner, Wanted, must, unreadable

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_EARLIER = timedelta(minutes=15)
_NOW = "Ask IT support whether this user may have scheduled tasks, with these lines."
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "AllowStartOnDemand": "true",
    "Enabled": "true",
    "Hidden": "true",
    "RunOnlyIfIdle": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT0S",  # no limit: it runs all day
    "Priority": "7",
}


@dataclass(frozen=True)
class Task:
    """The task of one user."""

    wanted: Wanted
    run: Runner

    @property
    def name(self) -> str:
        """The task's name: each user of the computer has their own."""
        user = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", self.wanted.user.rpartition("\\")[2]).strip(" .")
        return f"Halfday watch of {user}"

    def text(self) -> str:
        """The task as XML."""
        ET.register_namespace("", NAMESPACE)
        task = ET.Element(_tag("Task"), version="1.2")
        about = {
            "Description": "Halfday: fills the attendance tracker on school days.",
            "Documentation": self._record(),
        }
        _put(task, "RegistrationInfo", about)
        triggers = _put(task, "Triggers", {})
        _put(triggers, "LogonTrigger", {"UserId": self.wanted.user})
        daily = _put(triggers, "CalendarTrigger", {"StartBoundary": self._begins()})
        _put(daily, "Repetition", {"Interval": "PT1H", "Duration": "P1D"})
        _put(daily, "ScheduleByDay", {"DaysInterval": "1"})
        principal = _put(_put(task, "Principals", {}), "Principal", {}, id="Author")
        _fill(principal, {"UserId": self.wanted.user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"})
        settings = _put(task, "Settings", _SETTINGS)
        _put(settings, "RestartOnFailure", {"Interval": "PT5M", "Count": "99"})
        program, *words = self.wanted.words(windowless(self.wanted.python))
        actions = _put(task, "Actions", {}, Context="Author")
        # `Command` is taken whole, with its spaces; the arguments are one line that the program takes apart again.
        what = {"Command": program, "Arguments": subprocess.list2cmdline(words)}
        _put(actions, "Exec", {**what, "WorkingDirectory": str(self.wanted.home)})
        ET.indent(task)
        return '<?xml version="1.0" encoding="UTF-16"?>\n' + ET.tostring(task, encoding="unicode") + "\n"

    def _record(self) -> str:
        """The schools' folders, in letters that every code page has: `schtasks` prints in that of the console."""
        return json.dumps(self.wanted.schools)

    def place(self) -> str:
        """What the task is called."""
        return self.name

    def when(self) -> list[str]:
        """For whom it runs, and when not."""
        return [
            "It runs only while this user is logged on to Windows; a locked screen is as good, a sign-out is not.",
            f"At {self.wanted.first} usually nobody is logged on: missed runs are made up at log-on, by one run.",
        ]

    def schools(self) -> tuple[str, ...]:
        """The schools of the task that is installed."""
        asked = self._schtasks("/Query", "/XML")
        if asked.code:
            return ()
        record = re.search(r"<Documentation>(.*?)</Documentation>", asked.said.replace("\0", ""), re.DOTALL)
        try:
            found = tuple(str(school) for school in json.loads(html.unescape(record[1]))) if record else ()
        except (ValueError, TypeError):
            found = ()
        return found or unreadable(self.place())

    def _begins(self) -> str:
        """A moment in the past; what matters is its time of day, before the first run, on the computer's own clock."""
        at = datetime.strptime(f"2025-09-01 {self.wanted.first}", "%Y-%m-%d %H:%M") - _EARLIER  # noqa: DTZ007 - local time
        return at.isoformat()

    def install(self) -> list[str]:
        """Hands the task to Windows, in place of the one that is there, and starts it."""
        handle, name = tempfile.mkstemp(suffix=".xml")
        file = Path(name)
        try:
            with open(handle, "wb") as stream:  # noqa: PTH123 - a handle, not a path
                stream.write(self.text().encode("utf-16"))
            made = self.run(["schtasks", "/Create", "/TN", self.name, "/XML", name, "/F"])
        finally:
            file.unlink(missing_ok=True)
        must(made, "Windows did not take the scheduled task", _NOW)
        must(self._schtasks("/Run"), "Windows did not start the scheduled task", _NOW)
        return [f"Scheduled task: {self.name}", "The watch runs now, and whenever this user is logged on."]

    def remove(self) -> list[str]:
        """Stops it, and takes the task away."""
        if not self.is_installed():
            return ["There is nothing to remove."]
        self._schtasks("/End")  # fails where it does not run, as it should
        must(self._schtasks("/Delete", "/F"), "Windows did not delete the scheduled task", _NOW)
        return [f"Stopped and removed: {self.name}"]

    def show(self) -> list[str]:
        """What Windows says about it."""
        if not self.is_installed():
            return [NOT_THERE]
        return self._schtasks("/Query", "/V", "/FO", "LIST").said.splitlines()

    def is_installed(self) -> bool:
        """Whether the task is there."""
        return self._schtasks("/Query").code == 0

    def _schtasks(self, verb: str, *words: str) -> Ran:
        return self.run(["schtasks", verb, "/TN", self.name, *words])


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(parent: ET.Element, name: str, rows: dict[str, str], **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _tag(name), attributes)
    _fill(element, rows)
    return element


def _fill(element: ET.Element, rows: dict[str, str]) -> None:
    for name, value in rows.items():
        ET.SubElement(element, _tag(name)).text = value
