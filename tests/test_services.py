"""What starts the watch by itself: made as text, read back as the system reads it, and handed to the system's tools."""

import json
import plistlib
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests import systemd_manager

from halfday_sync.errors import SettingsError
from halfday_sync.services import Ran, Wanted, by_platform, real_runner, service
from halfday_sync.services.launchd import Agent
from halfday_sync.services.systemd import NAME, Unit, quoted
from halfday_sync.services.task import NAMESPACE, Task
from halfday_sync.store import Store

NASTY = ("/srv/St Mary's", '/srv/5% of "us" $HOME \\ <&> ü', "/srv/%h;%i", "/srv/--school")
KINDS = ("task", "systemd", "launchd")


@dataclass
class Tools:
    """The system's tools: note what they are asked, and answer by the word that is asked for."""

    codes: dict[str, int] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)

    def __call__(self, words: Sequence[str]) -> Ran:
        self.asked.append(list(words))
        self.files += [Path(word).read_bytes() for word in words if word.endswith(".xml")]
        code = next((code for word, code in self.codes.items() if word in words), 0)
        return Ran(code, "what the tool says" if not code else "Access is denied.")


def wanted(home: Path, *schools: str, python: str = "/opt/half day/bin/python") -> Wanted:
    return Wanted(python, schools or NASTY, "07:15", home, "501")


def office(home: Path) -> Wanted:
    return Wanted(
        r"C:\Program Files\Halfday\Scripts\python.exe",
        ('C:\\School\'s "A&B" 5%\\', "D:\\b"),
        "07:15",
        home,
        r"LARK\j.o'neil",
    )


# --- systemd ---------------------------------------------------------------------------------------------------------


def test_the_unit_starts_again_after_a_failure_and_with_the_session_of_the_user(tmp_path: Path) -> None:
    lines = Unit(wanted(tmp_path), Tools()).text().splitlines()
    for line in ("Restart=on-failure", "WantedBy=default.target", "UMask=0077", "NoNewPrivileges=yes"):
        assert line in lines


def test_systemd_reads_the_command_line_as_it_was_meant(tmp_path: Path) -> None:
    line = next(line for line in Unit(wanted(tmp_path), Tools()).text().splitlines() if line.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart=:").replace("%%", "%"))  # the same rules of quoting as systemd's
    assert words == wanted(tmp_path).words()


def test_a_line_break_in_a_path_begins_no_line_of_the_unit() -> None:
    assert quoted("/a\nExecStartPre=/bin/rm") == '"/a\\x0aExecStartPre=/bin/rm"'


def test_installing_twice_changes_nothing_and_removing_takes_it_away(tmp_path: Path) -> None:
    tools = Tools()
    unit = Unit(wanted(tmp_path), tools)
    assert not unit.is_installed()
    first = (unit.install(), unit.path.read_text(encoding="utf-8"))
    assert (unit.install(), unit.path.read_text(encoding="utf-8")) == first
    assert tools.asked[:3] == [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", NAME],
        ["systemctl", "--user", "restart", NAME],
    ]
    assert unit.is_installed()
    assert any("loginctl enable-linger" in line for line in first[0])
    unit.remove()
    assert not unit.path.exists()
    assert unit.remove() == ["There is nothing to remove."]


@pytest.mark.systemd
def test_the_real_checker_of_systemd_finds_nothing_to_complain_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    unit = Unit(wanted(tmp_path, python=sys.executable), Tools())
    path = tmp_path / NAME
    path.write_text(unit.text(), encoding="utf-8")
    words = ["systemd-analyze", "verify", "--user", "--man=no", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    broken = unit.text().replace("Restart=on-failure", "Restart=sometimes")
    path.write_text(broken, encoding="utf-8")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Failed to parse service restart specifier" in done.stderr


_FAILS_ONCE = """\
#!/bin/sh
printf '%s\\n' "$@" -- >> "$HOME/words"
[ -e "$HOME/again" ] && exec sleep 60
: > "$HOME/again"
exit 1
"""
_UNTIL_STARTED_AGAIN = f"""\
systemctl --user daemon-reload
systemctl --user enable {NAME}
systemctl --user restart {NAME} || true
for try in $(seq 100); do
  [ "$(grep -c '^--$' "$HOME/words")" = 2 ] && break
  sleep 0.1
done
systemctl --user is-enabled {NAME}
systemctl --user is-active {NAME}
systemctl --user stop {NAME}
"""


@pytest.mark.systemd
@pytest.mark.parametrize("program", ["python", "of 5% $HOME; it", """o'neil's "own" \\ python"""])
def test_a_real_systemd_starts_it_as_it_was_meant_and_again_after_a_failure(program: str, tmp_path: Path) -> None:
    python = tmp_path / program
    python.write_text(_FAILS_ONCE, encoding="utf-8")
    python.chmod(0o755)
    made = wanted(tmp_path, python=str(python))
    unit = Unit(made, Tools())
    unit.install()
    unit.path.write_text(unit.text().replace("RestartSec=60", "RestartSec=0"), encoding="utf-8")
    done = systemd_manager.run_in_manager(_UNTIL_STARTED_AGAIN, tmp_path)
    assert done.stdout.split()[-2:] == ["enabled", "active"], done.stderr
    assert (tmp_path / "words").read_text(encoding="utf-8").splitlines() == [*made.words()[1:], "--"] * 2


_UNTIL_WATCHED = f"""\
systemctl --user daemon-reload
systemctl --user start {NAME}
for try in $(seq 300); do
  [ -e "$HOME/school/halfday.db.watch.by" ] && break
  sleep 0.1
done
systemctl --user is-active {NAME}
cat "$HOME/school/halfday.db.watch.by" && echo
systemctl --user show {NAME} --property=MainPID --value
sleep 1
systemctl --user stop {NAME}
systemctl --user show {NAME} --property=Result --property=ExecMainStatus --value
"""


@pytest.mark.systemd
def test_a_real_systemd_runs_the_watch_in_its_sandbox_and_stops_it_cleanly(school: Path, tmp_path: Path) -> None:
    soon = datetime.fromtimestamp(time.time(), UTC) + timedelta(hours=1)
    with Store.open(school / "halfday.db") as store:  # so that nothing is due
        done = store.start_run(started=soon, as_of=soon.astimezone().date())
        store.finish_run(done, finished=soon, exit_code=0)
    Unit(wanted(tmp_path, str(school), python=sys.executable), Tools()).install()
    ran = systemd_manager.run_in_manager(_UNTIL_WATCHED, tmp_path)
    active, by, pid, *result = ran.stdout.splitlines()[-5:]
    assert (active, sorted(result)) == ("active", ["0", "success"]), ran.stderr
    assert json.loads(by)["pid"] == int(pid)
    assert not (school / "halfday.db.watch.by").exists()


# --- launchd ---------------------------------------------------------------------------------------------------------


def test_launchd_reads_the_agent_as_it_was_meant(tmp_path: Path) -> None:
    found = plistlib.loads(Agent(wanted(tmp_path), Tools()).text().encode())
    assert found["ProgramArguments"] == wanted(tmp_path).words()
    assert (found["RunAtLoad"], found["KeepAlive"], found["Umask"]) == (True, {"SuccessfulExit": False}, 0o077)
    assert found["StandardErrorPath"] == str(tmp_path / "Library/Logs/halfday-watch.log")


def test_the_agent_is_loaded_afresh_and_taken_out(tmp_path: Path) -> None:
    tools = Tools(codes={"bootout": 3})
    agent = Agent(wanted(tmp_path), tools)
    agent.install()
    agent.install()
    assert tools.asked[-2:] == [
        ["launchctl", "bootout", "gui/501/org.halfday.watch"],
        ["launchctl", "bootstrap", "gui/501", str(agent.path)],
    ]
    agent.remove()
    assert not agent.is_installed()
    assert agent.remove() == ["There is nothing to remove."]


# --- Windows ---------------------------------------------------------------------------------------------------------


def found(task: ET.Element, path: str) -> str:
    return task.findtext("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/"))) or ""


def windows_split(line: str) -> list[str]:
    """A command line as Windows programs take it apart (the rules of CommandLineToArgvW)."""
    words, word, in_quotes, backslashes, begun = list[str](), "", False, 0, False
    for sign in line + " ":
        if sign == "\\":
            backslashes, begun = backslashes + 1, True
            continue
        if sign == '"':
            word, begun = word + "\\" * (backslashes // 2), True
            if backslashes % 2:
                word += '"'
            else:
                in_quotes = not in_quotes
        else:
            word += "\\" * backslashes
            if sign == " " and not in_quotes:
                words += [word] if begun else []
                word, begun = "", False
            else:
                word, begun = word + sign, True
        backslashes = 0
    return words


def test_windows_reads_the_task_as_it_was_meant(tmp_path: Path) -> None:
    tools = Tools()
    Task(office(tmp_path), tools).install()
    task = ET.fromstring(tools.files[0])  # in UTF-16, as schtasks wants it
    assert tools.files[0][:2] in {b"\xff\xfe", b"\xfe\xff"}
    assert found(task, "Actions/Exec/Command") == r"C:\Program Files\Halfday\Scripts\pythonw.exe"
    assert windows_split(found(task, "Actions/Exec/Arguments")) == office(tmp_path).words()[1:]
    assert found(task, "Triggers/LogonTrigger/UserId") == r"LARK\j.o'neil"
    assert found(task, "Triggers/CalendarTrigger/StartBoundary").endswith("T07:00:00")
    assert found(task, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
    for name in ("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "WakeToRun"):
        assert found(task, f"Settings/{name}") == "false"
    assert found(task, "Settings/StartWhenAvailable") == "true"
    assert found(task, "Settings/ExecutionTimeLimit") == "PT0S"
    assert (found(task, "Settings/RestartOnFailure/Interval"), found(task, "Settings/RestartOnFailure/Count")) == (
        "PT5M",
        "99",
    )


def test_the_task_keeps_to_microsofts_schema(tmp_path: Path) -> None:
    task = ET.fromstring(Task(office(tmp_path), Tools()).text().encode("utf-16"))
    assert 1 <= int(found(task, "Settings/RestartOnFailure/Count")) <= 255
    order = {trigger.tag.partition("}")[2]: [part.tag.partition("}")[2] for part in trigger] for trigger in task[1]}
    assert order == {
        "LogonTrigger": ["UserId"],
        "CalendarTrigger": ["StartBoundary", "Repetition", "ScheduleByDay"],
    }, "the common elements first, and none whose place the schema and its pages disagree about"
    repeated = (found(task, f"Triggers/CalendarTrigger/Repetition/{name}") for name in ("Interval", "Duration"))
    assert tuple(repeated) == ("PT1H", "P1D")
    assert task[4].get("Context") == task[2][0].get("id")


def test_no_password_is_asked_for_or_kept_and_no_right_is_raised(tmp_path: Path) -> None:
    tools = Tools()
    Task(office(tmp_path), tools).install()
    task = ET.fromstring(tools.files[0])
    assert found(task, "Principals/Principal/LogonType") == "InteractiveToken"
    assert found(task, "Principals/Principal/RunLevel") == "LeastPrivilege"
    assert not {"/RP", "/RU", "/P", "/U"} & {word for words in tools.asked for word in words}


def test_the_task_is_made_run_ended_and_deleted_and_its_file_is_gone(tmp_path: Path) -> None:
    tools = Tools()
    task = Task(office(tmp_path), tools)
    task.install()
    assert [words[1] for words in tools.asked] == ["/Create", "/Run"]
    assert not Path(tools.asked[0][tools.asked[0].index("/XML") + 1]).exists()
    assert {words[words.index("/TN") + 1] for words in tools.asked} == {"Halfday watch of j.o'neil"}
    task.remove()
    assert [words[1] for words in tools.asked[2:]] == ["/Query", "/End", "/Delete"]
    assert Task(office(tmp_path), Tools({"/Query": 1})).remove() == ["There is nothing to remove."]


# --- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "word"), [("task", "/Create"), ("systemd", "enable"), ("launchd", "bootstrap")])
def test_where_the_system_refuses_its_words_are_told_and_what_to_do(kind: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as stop:
        service(kind, office(tmp_path), Tools({word: 5})).install()
    assert "Access is denied." in stop.value.text()
    assert stop.value.now
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "it does not look as if installed"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_shown_and_what_is_not_too(kind: str, tmp_path: Path) -> None:
    one = service(kind, office(tmp_path), Tools({"/Query": 1}))
    assert one.show() == ["The watch does not start by itself: halfday watch install"]
    there = service(kind, office(tmp_path), Tools())
    there.install()
    assert there.is_installed()
    assert "what the tool says" in there.show()


def test_each_system_has_its_own_way() -> None:
    assert [by_platform(name) for name in ("Windows", "Linux", "Darwin")] == list(KINDS)


def test_a_tool_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(SettingsError, match="no-such-tool cannot be used on this computer"):
        real_runner(["no-such-tool"])
    ran = real_runner([sys.executable, "-c", "import sys; print('x'); sys.exit(3)"])
    assert ran == Ran(3, "x")
