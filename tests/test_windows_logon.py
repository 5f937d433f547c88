"""Starting at log-on, over a registry that is a dictionary; and the sentences elsewhere than on Windows."""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import xlwings

from halfday_sync.addins import desktop
from halfday_sync.errors import Exit, SettingsError, UsageError

PYTHON = r"C:\Program Files\Halfday\python.exe"
WINDOWLESS = r"C:\Program Files\Halfday\pythonw.exe"
COMMAND = f'"{WINDOWLESS}" -m halfday_sync addin desktop serve'
RUN = (desktop.RUN_KEY, "Halfday")
VARIABLE = ("Environment", "HALFDAY_PYTHON")


class Registry:
    """`winreg`, for the current user."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {("Environment", "PATH"): "C:\\"}
        self.locked = False

    @contextmanager
    def _key(self, key: str) -> Iterator[str]:
        yield key

    def OpenKey(self, _root: str, key: str) -> object:  # noqa: N802
        return self._key(key)

    def CreateKeyEx(self, _root: str, key: str, _reserved: int, _access: int) -> object:  # noqa: N802
        if self.locked:
            raise PermissionError
        return self._key(key)

    def QueryValueEx(self, key: str, name: str) -> tuple[str, int]:  # noqa: N802
        if (key, name) not in self.values:
            raise FileNotFoundError
        return self.values[key, name], self.REG_SZ

    def SetValueEx(self, key: str, name: str, _reserved: int, kind: int, value: str) -> None:  # noqa: N802
        assert kind == self.REG_SZ
        self.values[key, name] = value

    def DeleteValue(self, key: str, name: str) -> None:  # noqa: N802
        del self.values[key, name]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry()
    monkeypatch.setitem(sys.modules, "winreg", made)
    monkeypatch.setattr(desktop, "sys", types.SimpleNamespace(platform="win32"))
    return made


def test_log_on_starts_python_without_a_window_and_says_where_it_is(registry: Registry) -> None:
    said = desktop.logon(PYTHON)
    assert (registry.values[RUN], registry.values[VARIABLE]) == (COMMAND, WINDOWLESS)
    assert said[0].endswith(f"Halfday = {COMMAND}")
    assert said[-1].startswith("Log off and on again")


def test_doing_it_twice_changes_nothing(registry: Registry) -> None:
    desktop.logon(PYTHON)
    before = dict(registry.values)
    assert desktop.logon(PYTHON) == ["Halfday starts at log-on already."]
    assert registry.values == before


def test_python_that_has_moved_is_put_right(registry: Registry) -> None:
    desktop.logon(r"D:\Old\python.exe")
    desktop.logon(PYTHON)
    assert registry.values[RUN] == COMMAND


def test_removing_it_leaves_everything_else(registry: Registry) -> None:
    before = dict(registry.values)
    desktop.logon(PYTHON)
    said = desktop.logon(PYTHON, remove=True)
    assert registry.values == before
    assert [line.split(":")[0] for line in said] == ["Removed", "Removed"]
    assert desktop.logon(PYTHON, remove=True) == ["There is nothing to remove."]


def test_a_dry_run_says_it_and_does_nothing(registry: Registry) -> None:
    before = dict(registry.values)
    said = desktop.logon(PYTHON, dry_run=True)
    assert registry.values == before
    assert said[-1] == "Dry run: nothing of this was done."


def test_a_registry_that_refuses_gives_the_command_for_it_support(registry: Registry) -> None:
    registry.locked = True
    with pytest.raises(SettingsError) as stop:
        desktop.logon(PYTHON)
    assert COMMAND in stop.value.now


def test_elsewhere_it_says_what_to_do_instead() -> None:
    for ask in (desktop.serve, lambda: desktop.logon(PYTHON)):
        with pytest.raises(UsageError, match="Excel on Windows") as stop:
            ask()
        assert stop.value.code == Exit.USAGE
        assert "halfday addin build" in stop.value.now


def test_without_pywin32_it_says_so(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.values
    monkeypatch.setitem(sys.modules, "win32api", None)
    with pytest.raises(SettingsError, match="pywin32"):
        desktop.serve()


def test_the_workbook_is_told_no_path_and_no_secret() -> None:
    rows = desktop.conf_rows()
    assert all(rows.values())
    assert not any(mark in value for value in rows.values() for mark in ("\\", "/"))
    assert rows["INTERPRETER_WIN"] == f"%{VARIABLE[1]}%"
    assert "LICENSE_KEY" not in rows


def test_every_row_is_one_that_xlwings_own_module_reads() -> None:
    from halfday_sync.addins.vba import sources

    text = sources.xlwings_module()
    for name in desktop.conf_rows(code="C:\\Code"):
        assert f'GetConfig("{name}"' in text, name


def test_python_starts_no_second_one() -> None:
    """`DEBUG UDFS` makes xlwings' module look for the number that `xlwings.serve` takes by itself."""
    from pathlib import Path

    from halfday_sync.addins.vba import sources

    clsid = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
    assert f'If DEBUG_UDFS = True Then\r\n        XLPyCommand = "{clsid}"' in sources.xlwings_module()
    server = Path(xlwings.__file__).with_name("com_server.py").read_text(encoding="utf-8")
    assert f'def serve(clsid="{clsid}")' in server


# --- the command -----------------------------------------------------------------------------------------------------


def command(*words: str) -> tuple[Exit, list[str]]:
    import argparse

    from halfday_sync.commands import addin_desktop

    parser = argparse.ArgumentParser()
    addin_desktop.add(parser.add_subparsers())
    args, said = parser.parse_args(["desktop", *words]), list[str]()
    return args.run(args, said.append), said


def test_the_command_sets_and_removes(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", PYTHON)
    before = dict(registry.values)
    assert command("logon", "--dry-run")[0] == Exit.DONE
    assert registry.values == before
    code, said = command("logon")
    assert (code, registry.values[RUN]) == (Exit.DONE, COMMAND)
    assert len(said) == 3
    command("logon", "--remove")
    assert registry.values == before


def test_the_command_stops_with_a_sentence_elsewhere() -> None:
    for words in (("serve",), ("logon",), ("logon", "--remove")):
        with pytest.raises(UsageError, match="is for Excel on Windows"):
            command(*words)


def test_a_server_that_runs_already_is_said_and_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "serve", lambda: False)
    assert command("serve") == (Exit.DONE, ["The cells of the tracker are served already: nothing to do."])
