r"""Whether Excel on Windows lets the tracker's macros run: Trusted Locations, Mark of the Web, macro policy.

Facts, from Microsoft Learn:

- "Trusted Locations for Office files": a file in a Trusted Location runs its macros whatever the macro settings and
  its Mark of the Web say. Places on the network count only where `AllowNetworkLocations` is 1; `AllLocationsDisabled`
  turns all off; the policy "Allow mix of policy and user locations" (`Common\Security\Trusted Locations`, `Allow User
  Locations`) set to 0 leaves only those of the policy.
- "Macros from the internet are blocked by default in Office": a file with Mark of the Web (`ZoneId` 3 or 4) has its
  macros blocked without a button to allow them; `BlockContentExecutionFromInternet` is the policy of the same name.
- "VBA Macro Notification Settings" (`VBAWarnings`): 1 all run, 2 a bar asks (the default), 3 only signed ones, 4
  none.
- Policies are below `Software\Policies`, those of the Cloud Policy service below `Software\Policies\Microsoft\Cloud`.
"""

import ntpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note, wrong
from halfday_sync.doctor.interpreter import only_with_macros
from halfday_sync.doctor.machine import Machine

_OFFICE = r"Microsoft\Office\16.0"
POLICIES = (
    r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0",
    rf"HKLM\Software\Policies\{_OFFICE}",
    rf"HKCU\Software\Policies\{_OFFICE}",
)
CHOICES = (rf"HKCU\Software\{_OFFICE}", rf"HKLM\Software\{_OFFICE}")
_UNTRUSTED_ZONES = {3, 4}
_UNBLOCK = "Right-click the file, Properties, tick Unblock."
_LEARN = "Microsoft Learn: 'Trusted Locations for Office files'"


def covers(place: str, folder: str, *, below: bool) -> bool:
    r"""Whether a Trusted Location holds a folder: itself, or with `below` any folder in it.

    >>> covers("C:\\Tracker\\", "c:\\tracker", below=False), covers("C:\\Tracker", "C:\\Tracker2", below=True)
    (True, False)
    """
    place, folder = (ntpath.normcase(ntpath.normpath(text)).rstrip("\\") for text in (place, folder))
    return folder == place or (below and folder.startswith(place + "\\"))


def expanded(text: str, environment: Mapping[str, str]) -> str:
    r"""A path with its variables filled in.

    >>> expanded("%UserProfile%\\Tracker", {"USERPROFILE": "C:\\Users\\office"})
    'C:\\Users\\office\\Tracker'
    """
    return re.sub(r"%([^%]+)%", lambda found: environment.get(found[1].upper(), found[0]), text)


def on_network(machine: Machine, folder: str) -> bool:
    """Whether a folder is on another computer: a UNC path, or a letter that Windows connects to one."""
    drive = ntpath.splitdrive(folder)[0]
    if drive.startswith(("\\\\", "//")):
        return True
    return len(drive) == 2 and machine.probes.registry(rf"HKCU\Network\{drive[0]}") is not None


def _first(machine: Machine, roots: tuple[str, ...], key: str, value: str) -> object:
    """The first value that a row of keys has: policy before choice."""
    rows = (machine.probes.registry(rf"{root}\{key}") or {} for root in roots)
    return next((row[value] for row in rows if value in row), None)


def _places(machine: Machine, root: str, app: str) -> Iterator[tuple[str, bool]]:
    """Path of each Trusted Location below a root, and whether its subfolders count."""
    top = rf"{root}\{app}\Security\Trusted Locations"
    for name in machine.probes.subkeys(top):
        row = machine.probes.registry(rf"{top}\{name}") or {}
        path = row.get("path")
        if isinstance(path, str) and path.strip():
            yield expanded(path, machine.environment), row.get("allowsubfolders") == 1


def is_trusted(machine: Machine, folder: str) -> bool:
    """Whether a folder is in a Trusted Location of Excel that is in force."""
    key = r"Excel\Security\Trusted Locations"
    if _first(machine, (*POLICIES, *CHOICES), key, "alllocationsdisabled") == 1:
        return False
    if on_network(machine, folder) and _first(machine, (*POLICIES, *CHOICES), key, "allownetworklocations") != 1:
        return False
    own = _first(machine, POLICIES, r"Common\Security\Trusted Locations", "allow user locations") != 0
    roots = (*POLICIES, *(CHOICES if own else ()))
    return any(
        covers(place, folder, below=below)
        for root in roots
        for app in (("Excel", "Common") if root in POLICIES else ("Excel",))
        for place, below in _places(machine, root, app)
    )


def from_internet(machine: Machine, workbook: Path) -> bool:
    """Whether Windows has marked the file as one that came from the internet or from an untrusted site."""
    found = re.search(r"^ZoneId\s*=\s*(\d+)", machine.probes.zone(workbook), flags=re.MULTILINE | re.IGNORECASE)
    return found is not None and int(found[1]) in _UNTRUSTED_ZONES


def _workbook(site: Site) -> Path:
    assert site.macro_workbook is not None, "asked for only where there is one (only_with_macros)"
    return site.macro_workbook.absolute()


def _location(site: Site) -> Found:
    workbook = _workbook(site)
    folder = str(workbook.parent)
    if is_trusted(site.machine, folder):
        return fine("the tracker's folder is one")
    more = " It is on the network: allow network locations for it too, or keep it on this computer."
    return note(
        "the tracker's folder is not one",
        f"Make the folder a Trusted Location by policy ({_LEARN})."
        + (more if on_network(site.machine, folder) else ""),
    )


def _mark(site: Site) -> Found:
    workbook = _workbook(site)
    if not from_internet(site.machine, workbook):
        return fine(f"{workbook.name} has none")
    if is_trusted(site.machine, str(workbook.parent)):
        return fine(f"{workbook.name} has one, but its folder is trusted")
    if _first(site.machine, POLICIES, r"Excel\Security", "blockcontentexecutionfrominternet") == 0:
        return note(f"{workbook.name} came from the internet, and a policy lets it ask", _UNBLOCK)
    return wrong(
        f"{workbook.name} came from the internet, so Excel blocks its macros",
        f"{_UNBLOCK} For many computers: a Trusted Location, and neither e-mail nor download.",
    )


def _macros(site: Site) -> Found:
    machine, workbook = site.machine, _workbook(site)
    policy = _first(machine, POLICIES, r"Excel\Security", "vbawarnings")
    value = policy if policy is not None else _first(machine, CHOICES, r"Excel\Security", "vbawarnings")
    words = {1: "all macros run", 3: "only signed macros run", 4: "no macros run"}.get(
        value if isinstance(value, int) else 2, "Excel asks before macros run"
    )
    words += " (by policy)" if policy is not None else ""
    if is_trusted(machine, str(workbook.parent)):
        return fine(f"{words}; the tracker's folder is trusted, so its macros run")
    if value in (3, 4):
        return wrong(words, f"Make the tracker's folder a Trusted Location; it wins over this setting ({_LEARN}).")
    if value == 1:
        return note(words, "Safer: let Excel ask, and make only the tracker's folder a Trusted Location.")
    return note(
        words, "Press Enable Content once, or make the tracker's folder a Trusted Location so that nobody is asked."
    )


TRUST = Group(
    "Excel's trust in the tracker",
    (
        Check(
            "trusted-location",
            "Trusted Location",
            "there Excel runs the tracker's macros without asking anybody",
            _location,
            need=only_with_macros,
        ),
        Check(
            "mark-of-the-web",
            "Mark of the Web",
            "Excel blocks the macros of a file that was downloaded or mailed, without a button to allow them",
            _mark,
            need=only_with_macros,
        ),
        Check(
            "macro-policy",
            "Macro setting",
            "without macros the tracker shows the values it was sent, and nothing computes live",
            _macros,
            need=only_with_macros,
        ),
    ),
)
