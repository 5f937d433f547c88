"""LibreOffice's end of the tests of the macros: modules in, calls of their functions, answers out.

A program for the Python that has `uno`; it adds to what `libreoffice_uno.py` can do.
"""

from typing import Any

import libreoffice_uno  # type: ignore[import-not-found]  # beside this file, for LibreOffice's own Python

_KINDS = {"module": (1, "VBAModule"), "class": (2, "VBAClassModule")}


class MacroOffice(libreoffice_uno.Office):  # type: ignore[misc]
    """A soffice that runs VBA."""

    def put(self, number: int, modules: list[list[str]]) -> None:
        """Puts modules into a workbook: name, kind (`module` or `class`) and text of each."""
        import uno  # type: ignore[import-not-found]

        libraries = self._documents[number].BasicLibraries
        libraries.VBACompatibilityMode = True
        there = libraries.hasByName("Standard")
        library = libraries.getByName("Standard") if there else libraries.createLibrary("Standard")
        for name, kind, text in modules:
            info = uno.createUnoStruct("com.sun.star.script.ModuleInfo")
            info.ModuleType, word = _KINDS[kind]
            library.insertModuleInfo(name, info)
            library.insertByName(name, f"Rem Attribute VBA_ModuleType={word}\nOption VBASupport 1\n{text}")

    def call(self, number: int, function: str, *arguments: Any) -> Any:
        """What a function of a module answers: `Module.Function`, then its arguments."""
        script = f"vnd.sun.star.script:Standard.{function}?language=Basic&location=document"
        found = self._documents[number].getScriptProvider().getScript(script)
        return found.invoke(_rows(arguments), (), ())[0]

    def library(self, number: int) -> dict[str, str]:
        """The macros that came with a workbook: the text of each module."""
        libraries = self._documents[number].BasicLibraries
        (name,) = [name for name in libraries.getElementNames() if name != "Standard"] or ["Standard"]
        libraries.loadLibrary(name)
        library = libraries.getByName(name)
        return {module: library.getByName(module) for module in library.getElementNames()}


def _rows(value: Any) -> Any:
    return tuple(map(_rows, value)) if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    libreoffice_uno.Office = MacroOffice
    libreoffice_uno.main()
