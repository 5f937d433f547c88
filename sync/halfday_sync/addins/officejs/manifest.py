"""The manifest: which add-in this is, which version, and on which host its files stand."""

import re
import xml.etree.ElementTree as ET
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from halfday_sync.addins.officejs import sources
from halfday_sync.errors import UsageError

MANIFEST = "manifest.xml"
_OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def checked_address(text: str) -> str:
    """The address of the folder as the manifest has it: HTTPS, no slash at the end.

    >>> checked_address(" https://Halfday.School.example/attendance/ ")
    'https://halfday.school.example/attendance'

    Raises:
        UsageError: Excel could not load the add-in from there; every problem is named.
    """
    wanted = text.strip()
    try:
        parts = urlsplit(wanted)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    path = parts.path.rstrip("/")
    problems = []
    if parts.scheme != "https":
        problems.append("it must begin with https:// (Excel loads add-ins over HTTPS only, from this computer too)")
    if not _HOST.fullmatch((parts.hostname or "").lower()):
        problems.append("there is no name of a host in it, such as halfday.school.example")
    if parts.username is not None or parts.query or parts.fragment:
        problems.append("leave out names, passwords and whatever follows ? or #")
    if not _PATH.fullmatch(path):
        problems.append("the path may have letters, digits, - . _ and ~ only")
    elif path.lower().endswith((".html", ".htm", ".xml", ".json", ".js")):
        problems.append("name the folder, not a file in it")
    if problems:
        raise UsageError(
            f"Excel cannot load the add-in from {wanted!r}.",
            problems=problems,
            now="Write the address under which the folder will be reached: --address https://halfday.school.example",
        )
    host = str(parts.hostname)
    return f"https://{host}{f':{port}' if port and port != 443 else ''}{path}"


def manifest_xml(address: str) -> str:
    """The manifest for a folder at an address (see `checked_address`)."""
    quoted = escape(address, {'"': "&quot;"})
    template = re.sub(r"<!--.*?-->\s*", "", sources.text(MANIFEST), flags=re.DOTALL)
    return template.replace("{address}", quoted).replace("{version}", version_of(installed("halfday")))


def version_of(version: str) -> str:
    """A version of Halfday as a manifest must have it: four numbers, the first not 0.

    >>> version_of("0.1.0"), version_of("2.3.4rc1")
    ('1.0.1.0', '1.2.3.4')
    """
    major, minor, patch = [*re.findall(r"\d+", version), "0", "0", "0"][:3]
    return f"1.{major}.{minor}.{patch}"


@cache
def addin_id() -> str:
    """The add-in's id: the same for ever, since workbooks name the add-in by it."""
    return _said(sources.text(MANIFEST), "Id")


def is_ours(folder: Path) -> bool:
    """Whether a folder holds this add-in."""
    try:
        return _said((folder / MANIFEST).read_text(encoding="utf-8"), "Id") == addin_id()
    except (OSError, UnicodeDecodeError, ET.ParseError):
        return False


def address_of(folder: Path) -> str:
    """The address for which a folder was built."""
    page = ET.fromstring((folder / MANIFEST).read_text(encoding="utf-8")).find(f"{_OFFICE}DefaultSettings")  # noqa: S314 - our own file
    place = "" if page is None else page[0].get("DefaultValue", "")
    return place.rsplit("/", 1)[0]


def _said(xml: str, name: str) -> str:
    return (ET.fromstring(xml).findtext(f"{_OFFICE}{name}") or "").strip().lower()  # noqa: S314 - expat expands no file
