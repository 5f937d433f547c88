r"""The Python that Halfday runs in, and xlwings in it: Excel loads a file of one exact version from beside that Python.

Where Excel looks for xlwings' DLL is in xlwings' own VBA, `XLPyLoadDLL` of `xlwings.bas`: the folder of the
interpreter, and the folder above it for a virtual environment. A 32-bit Excel wants the 32-bit file, whatever Python
is; the registry says which Excel it is (Click-to-Run keeps `Platform` below `Office\ClickToRun\Configuration`).
"""

from pathlib import Path

from halfday_sync.addins.desktop import ENVIRONMENT_KEY, INTERPRETER_VARIABLE
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note, wrong
from halfday_sync.doctor.machine import WINDOWS

NEWEST_NEEDED = (3, 11)
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


def only_windows(site: Site) -> str:
    """Why a check of Windows does not apply."""
    return "" if site.machine.system == WINDOWS else "not on this system"


def only_with_macros(site: Site) -> str:
    """Why a check of the workbook with macros does not apply."""
    return only_windows(site) or ("" if site.macro_workbook else "not needed, since this tracker has no macros")


def _version(site: Site) -> Found:
    python = site.machine.python
    words = f"{'.'.join(map(str, python.version))}, {python.bits} bit"
    if python.version[:2] < NEWEST_NEEDED:
        return wrong(f"{words}, too old", "Install Python 3.11 or newer from python.org, then Halfday again.")
    if python.bits != 64:
        return note(words, "Install the 64-bit Python: some libraries of Halfday are no longer made for 32 bit.")
    return fine(words)


def _store_stub(site: Site) -> Found:
    parts = site.machine.python.executable.replace("\\", "/").casefold().split("/")
    if "windowsapps" in parts:
        return wrong(
            "the one of the Microsoft Store",
            "Install Python from python.org for this user, then Halfday again with that one.",
        )
    return fine("an ordinary installation")


def _xlwings(site: Site) -> Found:
    found = site.machine.probes.installed("xlwings")
    if not found:
        return wrong("not installed", "Install Halfday again: pip install --upgrade halfday")
    return fine(found)


def _same_version(site: Site) -> Found:
    from halfday_sync.doctor.vba import xlwings_version  # noqa: PLC0415 - a workbook is opened only where it has macros

    workbook = site.macro_workbook
    if workbook is None or not workbook.is_file():
        return note("there is no tracker with macros yet", "Run 'halfday run'; it writes the tracker.")
    here, inside = site.machine.probes.installed("xlwings"), xlwings_version(workbook)
    if not inside:
        return wrong(f"{workbook.name} has no macros of Halfday in it", "Run 'halfday run' to write the tracker anew.")
    if here != inside:
        return wrong(
            f"{workbook.name} asks for xlwings {inside}, and {here or 'none'} is installed",
            "Run 'halfday run' on this computer to write the tracker for the xlwings that is installed.",
        )
    return fine(f"{workbook.name} and this Python both have {here}")


def _pywin32(site: Site) -> Found:
    found = site.machine.probes.installed("pywin32")
    return fine(found) if found else wrong("not installed", "Run: pip install --upgrade pywin32")


def _named(site: Site) -> Found:
    python = _interpreter(site)
    if python is None:
        return wrong(f"Windows has no {INTERPRETER_VARIABLE} for this user", "Run: halfday addin desktop logon")
    if not python.is_file():
        return wrong(f"{INTERPRETER_VARIABLE} names a Python that is not there", "Run: halfday addin desktop logon")
    return fine(f"{INTERPRETER_VARIABLE} names it")


def _interpreter(site: Site) -> Path | None:
    """The Python that the tracker's macros are told to use."""
    value = (site.machine.probes.registry(rf"HKCU\{ENVIRONMENT_KEY}") or {}).get(INTERPRETER_VARIABLE.casefold())
    return Path(value) if isinstance(value, str) and value.strip() else None


def _dll(site: Site) -> Found:
    probes = site.machine.probes
    excel = str((probes.registry(CLICK_TO_RUN) or {}).get("platform", "x64")).casefold()
    name = f"xlwings{'32' if excel == 'x86' else '64'}-{probes.installed('xlwings')}.dll"
    python = _interpreter(site)
    beside = [] if python is None else [python.parent, python.parent.parent]
    if any((folder / name).is_file() for folder in beside):
        return fine(f"{name} is beside Python")
    if (site.machine.python.prefix / name).is_file():
        return wrong(f"{name} is in another folder than the one where Excel looks", "Run: halfday addin desktop logon")
    return wrong(
        f"{name} is missing",
        "Run: pip install --force-reinstall xlwings. If it goes again, ask whether the virus scanner took it, and "
        "allow the file by its hash.",
    )


PYTHON = Group(
    "Python",
    (
        Check("python", "Python", "all of Halfday runs in it", _version),
        Check(
            "python-store",
            "Which Python",
            "the Python of the Microsoft Store hides its files and settings from Excel",
            _store_stub,
            need=only_windows,
        ),
        Check("xlwings", "xlwings", "live cells in a tracker with macros ask Python through it", _xlwings),
        Check("pywin32", "pywin32", "Python speaks to Excel through it", _pywin32, need=only_with_macros),
        Check(
            "xlwings-match",
            "xlwings in the tracker",
            "Excel loads the file of exactly one version, and cells stay as sent when it is another",
            _same_version,
            need=only_with_macros,
        ),
        Check(
            "interpreter",
            "Python of the tracker",
            "the tracker asks Windows where Python is",
            _named,
            need=only_with_macros,
        ),
        Check(
            "xlwings-dll",
            "xlwings DLL",
            "Excel speaks to Python through this file",
            _dll,
            need=only_with_macros,
        ),
    ),
)
