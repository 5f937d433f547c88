"""LibreOffice's end of the tests: a program for the Python that has `uno`. It starts one soffice and obeys.

Requests come in as lines of JSON, `[what, *arguments]`, and answers go out the same way: `["done", value]` or
`["failed", words]`. The first line is `[profile, soffice]`. Nothing of Halfday is imported here.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

_FORMULA = 16
"""Of `com.sun.star.sheet.CellFlags`."""


class Office:
    """One soffice with a profile of its own, and the documents open in it."""

    def __init__(self, profile: str, soffice: str) -> None:
        pipe = f"halfday-{uuid4().hex}"
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(
            [
                soffice,
                f"-env:UserInstallation={Path(profile).as_uri()}",
                *("--headless", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"),
            ],
            **quiet,  # type: ignore[call-overload]
        )
        self._context = self._connected(pipe)
        self._desktop = self._service("com.sun.star.frame.Desktop")
        self._documents: dict[int, Any] = {}

    def _connected(self, pipe: str) -> Any:
        """Asks until soffice answers; it takes a second or two."""
        import uno  # type: ignore[import-not-found]

        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        until = perf_counter() + 60
        while perf_counter() < until and self._process.poll() is None:
            with suppress(Exception):
                return resolver.resolve(address)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        raise RuntimeError(f"soffice did not answer (exit code {self._process.poll()})")

    def _service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    # --- extensions and functions

    def install(self, path: str) -> str:
        """Puts an extension into the profile, as the Extension Manager does; its identifier."""
        manager = self._context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
        package = manager.addExtension(Path(path).as_uri(), (), "user", manager.createAbortChannel(), _environment())
        return str(package.getIdentifier().Value)

    def described(self, name: str) -> dict[str, Any] | None:
        """What the function wizard shows of a function."""
        functions = self._service("com.sun.star.sheet.FunctionDescriptions")
        for at in range(functions.getCount()):
            found = {each.Name: each.Value for each in functions.getByIndex(at)}
            if found["Name"] == name:
                arguments = [[a.Name, a.Description, a.IsOptional] for a in found["Arguments"]]
                return {"description": found["Description"], "arguments": arguments, "category": found["Category"]}
        return None

    # --- documents

    def open(self, path: str, password: str = "") -> int:
        """Opens a workbook, hidden; its number."""
        said = [_named("Hidden", True), *([_named("Password", password)] if password else [])]
        document = self._desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, tuple(said))
        if document is None:
            raise RuntimeError(f"LibreOffice cannot open {Path(path).name}")
        number = len(self._documents)
        self._documents[number] = document
        return number

    def new(self) -> int:
        """An empty workbook; its number."""
        self._documents[number := len(self._documents)] = self._desktop.loadComponentFromURL(
            "private:factory/scalc", "_blank", 0, (_named("Hidden", True),)
        )
        return number

    def save(self, number: int, path: str, form: str) -> None:
        """Stores a copy in the format of an export filter."""
        self._documents[number].storeToURL(Path(path).as_uri(), (_named("FilterName", form),))

    def close(self, number: int) -> None:
        """Closes a workbook without saving."""
        self._documents.pop(number).close(True)

    def stay_still(self, number: int) -> None:
        """Works nothing out any more until it is asked to."""
        self._documents[number].enableAutomaticCalculation(False)

    def recalculate(self, number: int) -> float:
        """Works every formula out anew, whether its inputs changed or not; how long it took."""
        start = perf_counter()
        self._documents[number].calculateAll()
        return perf_counter() - start

    def sheets(self, number: int) -> list[str]:
        """The names of a workbook's sheets."""
        return list(self._documents[number].Sheets.getElementNames())

    # --- cells

    def _range(self, number: int, sheet: str, address: str) -> Any:
        return self._documents[number].Sheets.getByName(sheet).getCellRangeByName(address)

    def used(self, number: int, sheet: str) -> list[list[Any]]:
        """Every value of a sheet."""
        page = self._documents[number].Sheets.getByName(sheet)
        cursor = page.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return [list(row) for row in page.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getDataArray()]

    def values(self, number: int, sheet: str, address: str) -> list[list[Any]]:
        """The values of a range: texts and numbers."""
        return [list(row) for row in self._range(number, sheet, address).getDataArray()]

    def formulas(self, number: int, sheet: str, address: str) -> list[list[str]]:
        """The formulas of a range, in English and with LibreOffice's own names."""
        return [list(row) for row in self._range(number, sheet, address).getFormulaArray()]

    def formulas_and_links(self, number: int) -> list[int]:
        """How many cells hold a formula, and how many links lead out of the workbook."""
        document = self._documents[number]
        sheets = [document.Sheets.getByIndex(at) for at in range(document.Sheets.Count)]
        ranges = [one for sheet in sheets for one in sheet.queryContentCells(_FORMULA).RangeAddresses]
        cells = sum((one.EndColumn - one.StartColumn + 1) * (one.EndRow - one.StartRow + 1) for one in ranges)
        kinds = (document.ExternalDocLinks, document.SheetLinks, document.AreaLinks, document.DDELinks)
        return [cells, sum(one.Count for one in kinds)]

    def fill(self, number: int, sheet: str, address: str, rows: list[list[Any]]) -> None:
        """Puts texts and numbers in; an empty text leaves a cell empty."""
        self._range(number, sheet, address).setDataArray(tuple(map(tuple, rows)))

    def write(self, number: int, sheet: str, address: str, rows: list[list[str]]) -> None:
        """Puts formulas in, as a person types them in English."""
        self._range(number, sheet, address).setFormulaArray(tuple(map(tuple, rows)))

    def sort(self, number: int, sheet: str, address: str, column: int) -> None:
        """Sorts the rows of a range by one of its columns, as Data, Sort does."""
        import uno

        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field, field.IsAscending = column, True
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        described = (_named("SortFields", fields), _named("ContainsHeader", False))
        uno.invoke(self._range(number, sheet, address), "sort", (described,))

    def jump(self, number: int, mark: str) -> str:
        """Goes where a link within the workbook leads; the address of the cell that is selected then."""
        document = self._documents[number]
        frame = document.CurrentController.Frame
        helper = self._service("com.sun.star.frame.DispatchHelper")
        helper.executeDispatch(frame, ".uno:JumpToMark", "", 0, (_named("Bookmark", mark),))
        return str(document.CurrentSelection.AbsoluteName)

    def stop(self) -> None:
        """Ends soffice: asks first."""
        with suppress(Exception):
            self._desktop.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _named(name: str, value: object) -> Any:
    import uno

    found = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    found.Name, found.Value = name, value
    return found


def _environment() -> Any:
    """Somebody who agrees to whatever the Extension Manager asks."""
    import uno
    import unohelper  # type: ignore[import-not-found]

    approving = uno.getTypeByName("com.sun.star.task.XInteractionApprove")

    def agree(_self: object, request: Any) -> None:
        for offered in request.getContinuations():
            if offered.queryInterface(approving):
                offered.select()

    interfaces = ("com.sun.star.ucb.XCommandEnvironment", "com.sun.star.task.XInteractionHandler")
    methods = {"getInteractionHandler": lambda it: it, "getProgressHandler": lambda _: None, "handle": agree}
    return type("Agreeable", (unohelper.Base, *map(uno.getClass, interfaces)), methods)()


def main() -> None:
    """Reads requests until there are no more."""
    profile, soffice = json.loads(sys.stdin.readline())
    office = Office(profile, soffice)
    try:
        _say("done", None)
        for line in sys.stdin:
            what, *arguments = json.loads(line)
            ask: Callable[..., Any] = getattr(office, what)
            try:
                _say("done", ask(*arguments))
            except Exception as fault:  # noqa: BLE001 - the test shall say what LibreOffice said
                _say("failed", f"{type(fault).__name__}: {fault}")
    finally:
        office.stop()


def _say(word: str, value: object) -> None:
    sys.stdout.write(json.dumps([word, value]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
