"""The cell functions inside LibreOffice: an add-in for Calc that hands each call to `halfday.host.answer`.

LibreOffice loads this file out of the extension, with its own Python. That may be as old as 3.8, in which the engine
cannot run; so nothing newer is used here, and such a LibreOffice answers a sentence instead of failing. The engine is
imported at the first answer, from the folder `pythonpath` beside this file. `uno` is LibreOffice's own module.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

OLDEST = (3, 11)
"""The oldest Python in which the engine runs."""
NEEDED = "25.8"
"""The first LibreOffice whose installers for Windows and Mac bring a Python that is new enough."""
CATEGORY = "Halfday"
_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - LibreOffice gives a plain text
_INTERFACES = (
    "com.sun.star.lang.XServiceInfo",
    "com.sun.star.lang.XServiceName",
    "com.sun.star.sheet.XAddIn",
    "com.sun.star.sheet.XCompatibilityNames",
)


class Reference:
    """The words about the functions, as `functions.json` of the extension has them."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.service = str(document["service"])
        self.interface = str(document["interface"])
        self.functions = {each["name"]: each for each in document["functions"]}

    def parameter(self, function: str, at: int) -> dict[str, Any]:
        """A parameter by its place; nothing is said of one that there is not."""
        listed = self.functions[function]["parameters"] if function in self.functions else []
        return listed[at] if 0 <= at < len(listed) else {"name": "", "help": ""}


class AddIn:
    """What Calc asks of an add-in. The methods' names are LibreOffice's, its misspelling included."""

    reference: Reference

    def __init__(self, *_context: object) -> None:
        self._locale: object = None

    def getServiceName(self) -> str:  # noqa: N802
        """The name that files put before a function's name."""
        return self.reference.service

    def getImplementationName(self) -> str:  # noqa: N802
        """The component's name."""
        return self.reference.service

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """That it is an add-in for Calc."""
        return (self.reference.service, "com.sun.star.sheet.AddIn")

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Whether it is one of those."""
        return name in self.getSupportedServiceNames()

    def setLocale(self, locale: object) -> None:  # noqa: N802
        """The language of LibreOffice; the functions keep their names in each."""
        self._locale = locale

    def getLocale(self) -> object:  # noqa: N802
        """The language of LibreOffice."""
        return self._locale

    def getProgrammaticFuntionName(self, display: str) -> str:  # noqa: N802
        """The method of a function: both have one name."""
        return display if display in self.reference.functions else ""

    def getDisplayFunctionName(self, name: str) -> str:  # noqa: N802
        """The function of a method; nothing for the methods of this class."""
        return name if name in self.reference.functions else ""

    def getFunctionDescription(self, name: str) -> str:  # noqa: N802
        """What the function wizard says of a function."""
        return str(self.reference.functions[name]["summary"]) if name in self.reference.functions else ""

    def getDisplayArgumentName(self, name: str, at: int) -> str:  # noqa: N802
        """What the function wizard calls an argument."""
        return str(self.reference.parameter(name, at)["name"])

    def getArgumentDescription(self, name: str, at: int) -> str:  # noqa: N802
        """What the function wizard says of an argument."""
        return str(self.reference.parameter(name, at)["help"])

    def getProgrammaticCategoryName(self, _name: str) -> str:  # noqa: N802
        """The wizard's category; Calc knows its own ones only."""
        return "Add-In"

    def getDisplayCategoryName(self, _name: str) -> str:  # noqa: N802
        """The category in words."""
        return CATEGORY

    def getCompatibilityNames(self, name: str) -> tuple[Any, ...]:  # noqa: N802
        """How an .xlsx file for Excel 365 names a function, so that the very same file works here."""
        if name not in self.reference.functions:
            return ()
        import uno  # type: ignore[import-not-found]  # noqa: PLC0415 - there is one inside LibreOffice only

        english = uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        return (uno.createUnoStruct("com.sun.star.sheet.LocalizedName", english, "_xldudf_" + name),)


def method(name: str) -> Callable[..., Any]:
    """The method of a function: every argument goes on as it comes."""

    def call(_self: object, *cells: object) -> Any:
        return answered(name, cells)

    call.__name__ = name
    return call


def answered(name: str, cells: tuple[object, ...]) -> Any:
    """The engine's answer. Calc takes texts and floating point numbers."""
    if sys.version_info < OLDEST:
        return too_old(sys.version_info[:2])
    from halfday.host import answer  # noqa: PLC0415 - an older Python cannot even read it

    found = answer(name, cells)
    return found if isinstance(found, str) else float(found)


def too_old(python: tuple[int, ...]) -> str:
    """What a cell says in a LibreOffice whose Python the engine cannot run in."""
    has, needs = (".".join(map(str, version)) for version in (python, OLDEST))
    return f"#Halfday needs LibreOffice {NEEDED} or newer: this one brings Python {has}, Halfday needs {needs}"


def _component() -> Any:
    """LibreOffice's side of it: the class with its interfaces, ready to be made."""
    import uno  # noqa: PLC0415 - there is one inside LibreOffice only
    import unohelper  # type: ignore[import-not-found]  # noqa: PLC0415

    with open(os.path.join(_HERE, "functions.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        reference = Reference(json.load(file))
    methods: dict[str, Any] = {name: method(name) for name in reference.functions}
    bases: list[Any] = [AddIn, unohelper.Base]
    bases += [uno.getClass(name) for name in (reference.interface, *_INTERFACES)]
    made = type("HalfdayAddIn", tuple(bases), dict(methods, reference=reference))
    helper = unohelper.ImplementationHelper()
    helper.addImplementation(made, reference.service, (reference.service, "com.sun.star.sheet.AddIn"))
    return helper


def getComponentFactory(name: str, manager: object, key: object) -> Any:  # noqa: N802
    """LibreOffice asks for the component."""
    return _component().getComponentFactory(name, key, manager)


def writeRegistryInfo(manager: object, key: object) -> Any:  # noqa: N802
    """LibreOffice asks, when the extension is put in, what is in it."""
    return _component().writeRegistryInfo(key, manager)
