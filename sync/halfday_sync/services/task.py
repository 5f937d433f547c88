r"""A scheduled task of Windows. Source: Microsoft's Task Scheduler schema 1.2 (MS-TSCH 2.5), `schtasks /?` (A).

It runs as the user who installs it, while that user is logged on: so it needs no password, and finds their credential
store and their open Excel. `pythonw.exe` has no window.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from halfday_sync.addins.desktop import windowless
from halfday_sync.services.wanted import Ran, Runner, Wanted, must

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
        _put(task, "RegistrationInfo", {"Description": "Halfday: fills the attendance tracker on school days."})
        triggers = _put(task, "Triggers", {})
        _put(triggers, "LogonTrigger", {"Enabled": "true", "UserId": self.wanted.user})
        daily = _put(triggers, "CalendarTrigger", {"StartBoundary": self._begins(), "Enabled": "true"})
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
            return ["The watch does not start by itself: halfday watch install"]
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
