"""The extension for LibreOffice, `halfday.oxt`: a zip file with the engine, the component and its type library."""

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from halfday.reference import Entry, entries
from halfday_sync.addins.libreoffice.names import IDENTIFIER, INTERFACE, SERVICE
from halfday_sync.addins.libreoffice.type_library import Method, type_library
from halfday_sync.errors import SafetyError

_OLDEST_LIBREOFFICE = "7.4"
"""The oldest LibreOffice in which the tests ran. Whether its Python is new enough, the component finds out."""
_COMPONENT, _LIBRARY = "component.py", "halfday.rdb"
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_SUFFIXES = (".py", ".toml")
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="{_LIBRARY}"
  manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
 <manifest:file-entry manifest:full-path="{_COMPONENT}"
  manifest:media-type="application/vnd.sun.star.uno-component;type=Python"/>
</manifest:manifest>
"""
_DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
  xmlns:lo="http://libreoffice.org/extensions/description/2011" xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value={identifier}/>
 <version value={version}/>
 <display-name><name lang="en">Halfday: attendance functions</name></display-name>
 <publisher><name lang="en">The Halfday authors</name></publisher>
 <extension-description><src xlink:href="about.txt" lang="en"/></extension-description>
 <dependencies><lo:LibreOffice-minimal-version value={oldest} name={program}/></dependencies>
</description>
"""
_ABOUT = """Halfday {version}: percentage, band, stage and the why of every pupil, worked out in the cells of the
attendance tracker by this computer alone. Nothing is sent anywhere.

Functions: {names}.

Free to use, copy and change: the MIT licence, in the file LICENSE of this extension."""


def extension() -> bytes:
    """The bytes of the extension. The same Halfday gives the same bytes.

    Raises:
        SafetyError: Halfday's own files are not all there.
    """
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in sorted(_parts(version("halfday"), entries())):
            archive.writestr(ZipInfo(name, _NO_DATE), data, ZIP_DEFLATED)
    return out.getvalue()


def _parts(halfday: str, functions: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    names = ", ".join(entry.name for entry in functions)
    yield "META-INF/manifest.xml", _MANIFEST.encode()
    yield "description.xml", _description(halfday).encode()
    yield "about.txt", _ABOUT.format(version=halfday, names=names).encode()
    yield "LICENSE", _licence().encode()
    yield _LIBRARY, type_library(INTERFACE, [_method(entry) for entry in functions])
    yield "functions.json", _functions(functions).encode()
    yield _COMPONENT, files(__package__).joinpath(_COMPONENT).read_bytes()
    yield from _engine(files("halfday"), "pythonpath/halfday")


def _description(halfday: str) -> str:
    return _DESCRIPTION.format(
        identifier=quoteattr(IDENTIFIER),
        version=quoteattr(halfday),
        oldest=quoteattr(_OLDEST_LIBREOFFICE),
        program=quoteattr(f"LibreOffice {_OLDEST_LIBREOFFICE}"),
    )


def _licence() -> str:
    text = distribution("halfday").read_text("licenses/LICENSE")
    if not text:
        raise SafetyError(
            "This installation of Halfday is not whole: its licence is missing.", now="Install Halfday again."
        )
    return text


def _method(entry: Entry) -> Method:
    # Parameters in a type library have letters and digits only; nobody sees these names.
    return Method(entry.name, tuple(parameter.name.replace("_", "") for parameter in entry.parameters))


def _functions(functions: Sequence[Entry]) -> str:
    """The reference as the component reads it, without the engine."""
    said = [
        {
            "name": entry.name,
            "summary": entry.summary,
            "parameters": [{"name": one.name, "help": one.help} for one in entry.parameters],
        }
        for entry in functions
    ]
    return json.dumps({"service": SERVICE, "interface": INTERFACE, "functions": said}, ensure_ascii=False, indent=1)


def _engine(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """The modules and data of the installed engine."""
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _engine(entry, path)
        elif entry.name.endswith(_SUFFIXES):
            yield path, entry.read_bytes()
