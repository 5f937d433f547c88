"""Excel on Windows: the Python that its cells speak to, started at log-on, and how a workbook finds it.

Excel starts nothing itself, since Microsoft Defender's rules for Office forbid that in many schools. The agent serves
xlwings' COM class under the number that xlwings keeps for a server that runs already (`DEBUG UDFS`).
"""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from halfday_sync.errors import SettingsError, UsageError

INTERPRETER_VARIABLE = "HALFDAY_PYTHON"
"""The user's environment variable with the path of `pythonw.exe`: the workbook names it, and no path of a machine."""
UDF_MODULE = "halfday.udfs"
VALUE_NAME = "Halfday"
RUN_KEY, ENVIRONMENT_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run", "Environment"
_WORDS = ("-m", "halfday_sync", "addin", "desktop", "serve")
_ONE_PER_USER = r"Local\HalfdayServer"
_ALREADY_EXISTS = 183  # ERROR_ALREADY_EXISTS


# --- what the workbook is told ---------------------------------------------------------------------------------------


def conf_rows(interpreter: str = f"%{INTERPRETER_VARIABLE}%", code: str = "") -> dict[str, str]:
    r"""The rows of the sheet `xlwings.conf`: names in column A from A1 on, values beside them, both as text.

    xlwings' own module reads them (`GetConfig` in `xlwings.bas`) and expands environment variables. They hold nothing
    secret, and no path unless one is given.

    Args:
        interpreter: where `pythonw.exe` is; its folder, or the one above, holds xlwings' DLL.
        code: folders with more Python code, separated by semicolons; none are needed for an installed Halfday.

    >>> conf_rows()["INTERPRETER_WIN"], conf_rows(r"C:\Halfday\pythonw.exe")["INTERPRETER_WIN"]
    ('%HALFDAY_PYTHON%', 'C:\\Halfday\\pythonw.exe')
    """
    return {
        "INTERPRETER_WIN": interpreter,
        **({"PYTHONPATH": code} if code else {}),
        "UDF MODULES": UDF_MODULE,
        "DEBUG UDFS": "True",  # use the server that runs already; start none
        "USE UDF SERVER": "True",  # the buttons too
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",  # code never lies beside the workbook
        "SHOW CONSOLE": "False",
    }


# --- the server ------------------------------------------------------------------------------------------------------


def code_folders() -> tuple[str, ...]:
    """The folders that Python must search for the engine and the buttons; of a checkout, since a wheel has them all."""
    top = Path(__file__).parents[3]
    folders = [Path(__file__).parents[2], top / "addin", top / "macros"]
    return tuple(str(folder) for folder in folders if any(folder.glob("halfday*/__init__.py")))


def serve() -> bool:
    """Serves the cells and buttons of every tracker until the user logs off; at once `False` where one serves already.

    Raises:
        UsageError: this is not Windows.
        SettingsError: pywin32 is missing.
    """
    _only_on_windows("The server for Excel")
    try:
        win32api, win32event = _of_windows("win32api"), _of_windows("win32event")
    except ImportError as fault:
        raise SettingsError("pywin32 is not installed, and Excel is reached through it.") from fault
    mutex = win32event.CreateMutex(None, False, _ONE_PER_USER)
    if win32api.GetLastError() == _ALREADY_EXISTS:
        return False
    sys.path[:0] = [folder for folder in code_folders() if folder not in sys.path]
    warm()
    import xlwings  # noqa: PLC0415 - on Windows it brings pywin32 along and looks for Excel

    try:
        xlwings.serve()
    finally:
        win32api.CloseHandle(mutex)
    return True


def warm() -> None:
    """Imports what the first cell needs and asks each kind of question once, so that nobody waits for it."""
    from halfday import host  # noqa: PLC0415 - the engine, which `halfday --help` must not wait for

    policy = host.answer("ATT_POLICY", [[["Good", "at least", 95], ["Low", "at least", 0]]])
    for name in ("ATT_WHY", "ATT_ACTIONS", "ATT_PATTERN"):
        day = "2025-09-05"
        given = ["/ \\ I I", policy, "2025-09-01 to 2025-09-05 school", day]
        host.answer(name, given if name != "ATT_PATTERN" else [given[0], *given[2:]])


# --- the batch -------------------------------------------------------------------------------------------------------

Row = Sequence[Any]


def answer_rows(name: str, values: Row, columns: Sequence[Sequence[Row] | None]) -> tuple[Any, ...]:
    """The answers of one cell function for every row of a table; the workbook's macros ask for them in one call.

    Args:
        name: the function.
        values: the arguments of the row that asked, as pywin32 hands them over.
        columns: for each argument that differs from row to row, its cells in every row; otherwise nothing.

    Returns:
        An answer for each row. Nothing where a cell holds an error: that cell asks for itself.

    >>> answer_rows("ATT_PA", (315.0, 350.0), (((315.0,), (316.0,), (None,)), ((350.0,), (351.0,), (-2146826246,))))
    ('Yes', 'No', None)
    """
    count = max(len(column) for column in columns if column is not None)
    return tuple(_answer(name, list(_row(values, columns, at))) for at in range(count))


def _row(values: Row, columns: Sequence[Sequence[Row] | None], at: int) -> Iterator[Any]:
    for value, column in zip(values, columns, strict=True):
        if column is None:
            yield value
        else:
            yield column[at][0] if len(column[at]) == 1 else (column[at],)


def _answer(name: str, args: list[Any]) -> Any:
    from halfday import host  # noqa: PLC0415 - the engine, which `halfday --help` must not wait for

    return None if any(map(_holds_error, args)) else host.answer(name, args)


def _holds_error(value: Any) -> bool:
    """Whether a cell holds an error such as #N/A: pywin32 gives its code, the only whole number that cells give."""
    if isinstance(value, tuple):
        return any(map(_holds_error, value))
    return isinstance(value, int) and not isinstance(value, bool)


# --- at log-on -------------------------------------------------------------------------------------------------------


def command_line(executable: str) -> str:
    r"""What Windows starts at log-on: Python without a window.

    >>> command_line("C:\\Program Files\\Halfday\\python.exe")
    '"C:\\Program Files\\Halfday\\pythonw.exe" -m halfday_sync addin desktop serve'
    """
    return f'"{windowless(executable)}" {" ".join(_WORDS)}'


def windowless(executable: str) -> str:
    r"""The Python without a window that lies beside this one.

    >>> windowless("C:\\Halfday\\Scripts\\python.exe")
    'C:\\Halfday\\Scripts\\pythonw.exe'
    """
    folder, cut, _name = executable.rpartition("\\")
    return f"{folder}{cut}pythonw.exe"


def logon(executable: str, *, remove: bool = False, dry_run: bool = False) -> list[str]:
    """Has the server started when this user logs on, or no longer; says what was done. Doing it twice changes nothing.

    Raises:
        UsageError: this is not Windows.
        SettingsError: the registry refuses.
    """
    _only_on_windows("Starting at log-on")
    wanted = {
        (RUN_KEY, VALUE_NAME): None if remove else command_line(executable),
        (ENVIRONMENT_KEY, INTERPRETER_VARIABLE): None if remove else windowless(executable),
    }
    try:
        changes = [(where, value) for where, value in wanted.items() if _stored(*where) != value]
        if not dry_run:
            for where, value in changes:
                _store(*where, value)
    except OSError as fault:
        raise SettingsError(
            "Windows does not let this user choose what starts at log-on.",
            problems=[f"HKEY_CURRENT_USER: {type(fault).__name__}"],
            now="Ask your IT support to start this at log-on: " + command_line(executable),
        ) from fault
    return list(_said(changes, remove=remove, dry_run=dry_run))


def _said(changes: list[Any], *, remove: bool, dry_run: bool) -> Iterator[str]:
    if not changes:
        yield "There is nothing to remove." if remove else "Halfday starts at log-on already."
        return
    for (key, name), value in changes:
        yield f"{'Removed' if value is None else 'Set'}: HKEY_CURRENT_USER\\{key}, {name}" + (
            f" = {value}" if value else ""
        )
    if dry_run:
        yield "Dry run: nothing of this was done."
    elif not remove:
        yield "Log off and on again; then the cells of the tracker are live in Excel."


def _stored(key: str, name: str) -> str | None:
    registry = _of_windows("winreg")
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key) as opened:
            return str(registry.QueryValueEx(opened, name)[0])
    except FileNotFoundError:
        return None


def _store(key: str, name: str, value: str | None) -> None:
    registry = _of_windows("winreg")
    with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, key, 0, registry.KEY_SET_VALUE) as opened:
        if value is None:
            registry.DeleteValue(opened, name)
        else:
            registry.SetValueEx(opened, name, 0, registry.REG_SZ, value)


def _of_windows(name: str) -> Any:
    """A module that exists on Windows only, so no checker knows it."""
    return import_module(name)


def _only_on_windows(what: str) -> None:
    if sys.platform != "win32":
        raise UsageError(
            f"{what} is for Excel on Windows.",
            now="On a Mac or on the web use the add-in for Excel 365: halfday addin build.",
        )
