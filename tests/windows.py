"""Excel on Windows for the tests: the genuine code of xlwings for it, over stand-ins for pywin32.

xlwings chooses its decorators when it is imported, so this runs in a process of its own. Run as a program, it reads
requests as pickles and answers them; `Windows` is the other end. What crosses is what pywin32 would hand over: floats,
texts, `None` for empty cells, rows as tuples, error codes, times of its own type.
"""

import asyncio
import ctypes
import datetime as dt
import importlib
import os
import pickle
import subprocess
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

MISSING = -2147352572
"""An optional argument that was left out, as Excel says it."""
NA, REF = -2146826246, -2146826265
"""#N/A and #REF! as pywin32 hands them over."""
QUIT = object()


class PyTime(dt.datetime):
    """The time that pywin32 makes of a cell with a date."""


class Windows:
    """The process in which everything looks like Windows."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XLWINGS_")}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def ask(self, what: str, *arguments: object) -> Any:
        """Has one of the functions below do its work."""
        assert self._process.stdin
        assert self._process.stdout
        pickle.dump((what, arguments), self._process.stdin)
        self._process.stdin.flush()
        fine, answer = pickle.load(self._process.stdout)
        if not fine:
            raise RuntimeError(answer)
        return answer

    def stop(self) -> None:
        """Ends the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def as_excel(value: object) -> object:
    """An argument as Excel's cell gives it: numbers as floats, dates as times, rows as tuples, nothing for empty."""
    if isinstance(value, list | tuple):
        return tuple(as_excel(one) for one in value)
    if isinstance(value, dt.date):
        return ("a date", value.isoformat())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None if value == "" else value


# --- inside the process ----------------------------------------------------------------------------------------------


def _received(value: Any) -> Any:
    if isinstance(value, tuple):
        if len(value) == 2 and value[0] == "a date":
            return PyTime.fromisoformat(value[1]).replace(tzinfo=dt.UTC)
        return tuple(map(_received, value))
    return value


class _Object:
    """What `win32com.server.util.wrap` gives: a COM object that holds a Python one."""

    def __init__(self, held: Any) -> None:
        self.held = held


def _unwrapped(given: Any) -> Any:
    if not isinstance(given, _Object):
        raise TypeError
    return given.held


def _module(name: str, **attributes: Any) -> types.ModuleType:
    made = types.ModuleType(name)
    made.__dict__.update(attributes)
    # Whatever else xlwings names while it is imported and does not use here.
    made.__getattr__ = lambda attribute: mock.MagicMock(name=f"{name}.{attribute}")  # type: ignore[method-assign]
    sys.modules[name] = made
    return made


def _pywin32() -> dict[str, Any]:
    """The stand-ins; what the tests look at of them."""
    seen: dict[str, Any] = {"registered": [], "mutexes": [], "last_error": 0}
    for name in ("oledll", "windll"):
        setattr(ctypes, name, mock.MagicMock(name=name))
    _module("pywintypes", TimeType=PyTime, com_error=type("com_error", (Exception,), {}), IID=str)
    _module(
        "pythoncom",
        CoInitialize=lambda: None,
        IID_IDispatch="IDispatch",
        TypeIIDs={"IDispatch": type("PyIDispatch", (), {})},
        CoRegisterClassObject=lambda clsid, *_rest: seen["registered"].append(clsid),
        PumpWaitingMessages=lambda: 1,
    )
    utc = types.SimpleNamespace(utc=lambda: dt.UTC, local=lambda: dt.UTC)
    _module("win32timezone", TimeZoneInfo=utc)
    for name in ("win32con", "win32gui", "win32process"):
        _module(name)
    _module("win32api", GetLastError=lambda: seen["last_error"])
    _module(
        "win32event",
        WAIT_OBJECT_0=0,
        MsgWaitForMultipleObjects=lambda *_given: 0,
        CreateMutex=lambda _security, _owned, name: seen["mutexes"].append(name) or name,
    )
    util = _module("win32com.server.util", wrap=lambda held, *_iid: _Object(held), unwrap=_unwrapped)
    policy = _module("win32com.server.policy", DefaultPolicy=object)
    server = _module("win32com.server", util=util, policy=policy, dispatcher=_module("win32com.server.dispatcher"))
    classes = {name: type(name, (), {}) for name in ("CoClassBaseClass", "CDispatch", "DispatchBaseClass")}
    client = _module("win32com.client", Dispatch=lambda held, **_more: held, DispatchEx=lambda held: held, **classes)
    _module("win32com", client=client, server=server, __path__=[])
    return seen


@contextmanager
def _on_windows() -> Iterator[None]:
    with (
        mock.patch.object(sys, "platform", "win32"),
        mock.patch.object(ctypes, "PyDLL", mock.MagicMock()),
        mock.patch("atexit.register", lambda function, *_more, **_named: function),
    ):
        yield


class _Inside:
    """What can be asked for."""

    def __init__(self) -> None:
        for name in ("pandas", "numpy"):  # imported as on Linux, before xlwings finds itself on Windows
            importlib.import_module(name)
        self.seen = _pywin32()
        with _on_windows():
            self.xlwings: Any = importlib.import_module("xlwings")
            self.server: Any = importlib.import_module("xlwings.com_server")
        self.python = self.server.XLPython()

    def facts(self) -> dict[str, Any]:
        """Which decorators are at work, and whether anything of the licensed part is there."""
        return {
            "decorators": self.xlwings.func.__module__,
            "pro": self.xlwings.__pro__,
            "licensed": [name for name in sys.modules if name.startswith("xlwings.server")],
        }

    def call(self, calls: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """Cells that ask one by one, as the wrappers do."""
        return [self.python.CallUDF("halfday.udfs", name, _received(args)) for name, args in calls]

    def rows(self, name: str, values: Any, columns: Any) -> Any:
        """A column that asks at once, as the workbook's macros do."""
        python, asked = self.python, (name, _received(values), _received(columns))
        module = python.Module("halfday_sync.addins.desktop")
        (answers,) = python.Var(python.Call(module, "answer_rows", python.Tuple(*asked)))
        return answers

    def wrappers(self) -> str:
        """The module that xlwings' own 'Import Functions' would make."""
        from io import StringIO

        text = StringIO()
        udfs, module = importlib.import_module("xlwings.udfs"), importlib.import_module("halfday.udfs")
        udfs.generate_vba_wrapper("halfday.udfs", module, text, types.SimpleNamespace(Name="tracker.xlsm"))
        return text.getvalue()

    def told(self) -> dict[str, Any]:
        """What xlwings knows of each function: its words, and those of its arguments."""
        module = importlib.import_module("halfday.udfs")
        return {
            name: [(one["name"], one["doc"], one["options"]) for one in function.__xlfunc__["args"]]
            for name, function in vars(module).items()
            if hasattr(function, "__xlfunc__")
        }

    def refused(self) -> dict[str, Any]:
        """The agent's server where one runs already."""
        return self.serve(last_error=183)

    def serve(self, last_error: int = 0) -> dict[str, Any]:
        """The agent's server, which here is told to end as soon as it has begun."""
        desktop = importlib.import_module("halfday_sync.addins.desktop")
        self.seen["last_error"] = last_error
        loop = types.SimpleNamespace(is_running=lambda: True)
        with (
            mock.patch.object(sys, "platform", "win32"),
            mock.patch.object(self.server, "loop", loop),
            mock.patch("sys.stdout", None),  # as under pythonw
        ):
            served = desktop.serve()
        return {"served": served, "warm": "halfday.udfs" in sys.modules, **self.seen}

    def time(
        self, calls: Sequence[tuple[str, tuple[Any, ...]]], batches: Sequence[tuple[Any, ...]]
    ) -> tuple[float, float]:
        """Seconds for calls one by one, and for the same in batches; nothing known of either beforehand."""
        from halfday.functions import rows

        given = [(name, _received(args)) for name, args in calls]
        self.python.CallUDF("halfday.udfs", *given[0])
        _forget(rows)
        start = perf_counter()
        for name, args in given:
            self.python.CallUDF("halfday.udfs", name, args)
        single = perf_counter() - start
        _forget(rows)
        start = perf_counter()
        for batch in batches:
            self.rows(*batch)
        return single, perf_counter() - start


def _forget(module: Any) -> None:
    for one in vars(module).values():
        if hasattr(one, "cache_clear"):
            one.cache_clear()


def main() -> None:
    """Answers requests until there are no more."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    inside = _Inside()
    with suppress(EOFError):
        while True:
            what, arguments = pickle.load(sys.stdin.buffer)
            try:
                answer = (True, getattr(inside, what)(*arguments))
            except Exception as fault:  # noqa: BLE001 - the test shall say what it was
                answer = (False, f"{type(fault).__name__}: {fault}")
            pickle.dump(answer, out)
            out.flush()


if __name__ == "__main__":
    main()
