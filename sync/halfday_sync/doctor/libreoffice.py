"""LibreOffice on this computer: where it is, which Python it brings, and whether our extension is in it.

Everything is read from folders; LibreOffice is not started, because its first start writes a profile. On Windows and
macOS its Python is a folder `python-core-3.x.y` (or `LibreOfficePython.framework/Versions/3.x`) of its own; on Linux
it is the system's. An installed extension is unpacked below `uno_packages/cache` of the user's profile or of the
installation, with its `description.xml`, which names its identifier and version.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from halfday_sync.addins.libreoffice.names import IDENTIFIER
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note, wrong
from halfday_sync.doctor.machine import MAC, WINDOWS, Machine

_NEEDED = (3, 11)
_DESCRIPTION = "{http://openoffice.org/extensions/description/2006}"
_BUILD = "halfday addin libreoffice halfday.oxt"
_INSTALL = f"Run: {_BUILD}. Then add the file in LibreOffice: Tools, Extension Manager, Add."


def program(machine: Machine) -> Path | None:
    """The folder with LibreOffice's programs; nothing where it is not installed."""
    found = machine.probes.which("soffice")
    places = [Path(found).resolve().parent] if found else []
    if machine.system == WINDOWS:
        roots = (machine.environment.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)"))
        places += [Path(root) / "LibreOffice" / "program" for root in roots if root]
    elif machine.system == MAC:
        places.append(Path("/Applications/LibreOffice.app/Contents/MacOS"))
    return next((place for place in places if place.is_dir()), None)


def _is_used(site: Site) -> bool:
    """Whether the school's tracker is one for LibreOffice."""
    return site.config is not None and site.config.functions == "libreoffice"


def where_it_is(site: Site) -> str:
    """Why the checks of LibreOffice do not apply."""
    return "" if program(site.machine) else "not needed, since LibreOffice is not installed"


def where_it_may_be(site: Site) -> str:
    """Why the check whether LibreOffice is here does not apply."""
    return "" if _is_used(site) else where_it_is(site)


def _found(site: Site) -> Found:
    folder = program(site.machine)
    if folder is None:
        return note("not on this computer, and the tracker is for it", "Install it where the tracker is opened.")
    return fine(f"in {folder}")


def _program(site: Site) -> Path:
    folder = program(site.machine)
    assert folder is not None, "asked for only where LibreOffice is (where_it_is)"
    return folder


def _python(site: Site) -> Found:
    version = _own_python(_program(site)) or _system_python(site.machine)
    words = ".".join(map(str, version))
    if version >= _NEEDED:
        return fine(words)
    now = "Install LibreOffice 25.8 or newer. On Linux, a newer system: LibreOffice uses the system's Python."
    what = f"{words}, too old for the functions"
    return wrong(what, now) if any(_versions(site)) else note(what, f"Only where staff use LibreOffice. {now}")


def _own_python(folder: Path) -> tuple[int, int] | None:
    """The version of the Python that comes with LibreOffice; nothing where it comes without."""
    around = [*folder.glob("python-core-*"), *folder.parent.glob("Frameworks/LibreOfficePython.framework/Versions/3.*")]
    found = [re.search(r"(\d+)\.(\d+)", path.name) for path in around]
    return max(((int(match[1]), int(match[2])) for match in found if match), default=None)


def _system_python(machine: Machine) -> tuple[int, int]:
    """The version of the system's Python, on systems where LibreOffice uses that.

    Raises:
        OSError: it does not say.
    """
    match = re.search(r"Python (\d+)\.(\d+)", machine.probes.output(("/usr/bin/python3", "--version")))
    if match is None:
        raise OSError("no version")
    return int(match[1]), int(match[2])


def profile(machine: Machine) -> Path:
    """LibreOffice's folder of this user."""
    if machine.system == WINDOWS:
        return Path(machine.environment.get("APPDATA", str(machine.home / "AppData" / "Roaming"))) / "LibreOffice" / "4"
    if machine.system == MAC:
        return machine.home / "Library" / "Application Support" / "LibreOffice" / "4"
    return machine.home / ".config" / "libreoffice" / "4"


def _versions(site: Site) -> Iterator[str]:
    """The version of every copy of our extension that is installed, for this user or for all."""
    share = _program(site).parent / ("Resources" if site.machine.system == MAC else "share")
    for top in (profile(site.machine) / "user", share):
        for path in sorted(top.glob("uno_packages/cache/uno_packages/*/*.oxt/description.xml")):
            root = ET.parse(path).getroot()  # noqa: S314 - a file that this computer's LibreOffice unpacked itself
            identifier, version = root.find(f"{_DESCRIPTION}identifier"), root.find(f"{_DESCRIPTION}version")
            if identifier is not None and identifier.get("value") == IDENTIFIER:
                yield (version.get("value") or "") if version is not None else ""


def _extension(site: Site) -> Found:
    versions = set(_versions(site))
    if not versions and _is_used(site):
        return wrong("not installed, and the tracker is for LibreOffice", _INSTALL)
    if not versions:
        return note(f"not installed, and needed only where staff use LibreOffice ({_BUILD} makes it)", "")
    if versions == {site.version}:
        return fine(site.version)
    return wrong(f"{' and '.join(sorted(versions))} is installed, and Halfday here is {site.version}", _INSTALL)


LIBREOFFICE = Group(
    "LibreOffice",
    (
        Check("libreoffice", "LibreOffice", "the tracker computes live there too", _found, need=where_it_may_be),
        Check(
            "libreoffice-python",
            "Its Python",
            "the functions need 3.11 or newer",
            _python,
            need=where_it_is,
            unsure="If cells in LibreOffice say that its Python is too old, install LibreOffice 25.8 or newer.",
        ),
        Check(
            "libreoffice-extension",
            "Our extension",
            "without it, cells in LibreOffice show the values they were sent",
            _extension,
            need=where_it_is,
            unsure="Look in LibreOffice, Tools, Extension Manager, whether Halfday is listed and which version it is.",
        ),
    ),
)
