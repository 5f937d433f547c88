"""Every file of the add-in's folder, by its path: pages, functions, the engine, Pyodide, hints for the host."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import halfday
from halfday_sync.addins.officejs import sources
from halfday_sync.addins.officejs.hosting import CONTENT_POLICY, azure_config, headers_file, read_me, web_config
from halfday_sync.addins.officejs.manifest import MANIFEST, manifest_xml
from halfday_sync.addins.officejs.metadata import counts, functions_json, reference_json
from halfday_sync.addins.officejs.pyodide import pin

PAGE = "taskpane.html"
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\s*', re.IGNORECASE)
_FIRST = re.compile(r"(<meta charset=[^>]*>|<head[^>]*>)", re.IGNORECASE)
_LOCAL = re.compile(r'(?:src|href)="(?!https:|#|data:)([^"]+)"', re.IGNORECASE)
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can say: the same engine gives the same bytes."""


def engine_zip() -> bytes:
    """The engine as the page takes it: the package `halfday` and nothing of the agent."""
    package = Path(halfday.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in {".py", ".toml"})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            info = zipfile.ZipInfo((Path("halfday") / path.relative_to(package)).as_posix(), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return made.getvalue()


def contents(address: str, pyodide: Mapping[str, bytes]) -> dict[str, bytes]:
    """The whole folder for an address.

    Args:
        address: where the folder will be reached, as `checked_address` gives it.
        pyodide: the files of the pinned Pyodide.
    """
    engine = engine_zip()
    engine_name = f"halfday-{hashlib.sha256(engine).hexdigest()[:12]}.zip"
    pyodide_name = f"pyodide-{pin().version}/"
    about = {"version": version("halfday"), "engine": engine_name, "pyodide": pyodide_name}
    texts = {
        MANIFEST: manifest_xml(address),
        "functions.json": functions_json(),
        "reference.json": reference_json(),
        "functions.js": functions_js(about),
        "web.config": web_config(),
        "READ-ME.txt": read_me(address, pin().python),
    }
    found = sources.published() | {name: text.encode() for name, text in texts.items()}
    found |= {engine_name: engine, **{f"{pyodide_name}{name}": data for name, data in pyodide.items()}}
    found[PAGE] = with_policy(found[PAGE].decode()).encode()
    found["_headers"] = headers_file(address, found).encode()
    found["staticwebapp.config.json"] = azure_config(address, found).encode()
    return found


def functions_js(about: Mapping[str, str]) -> str:
    """One script for the page: what there is, the bridge to Python, and the functions over it."""
    facts = f"window.halfdayBuild = {json.dumps(about)};\nwindow.halfdayFunctions = {json.dumps(counts())};\n"
    return "\n".join([facts, sources.text("engine.js"), sources.text("functions.js")])


def with_policy(page: str) -> str:
    """A page with the rule that forbids it to reach anywhere but its own folder and Microsoft's office.js.

    The rule does not hold for the worker, which takes its own from the headers that the host sends with worker.js.
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">'
    return _FIRST.sub(lambda found: f"{found[0]}\n{meta}", _POLICY.sub("", page), count=1)


def missing_parts(files: Mapping[str, bytes]) -> list[str]:
    """What the page names but the folder does not have."""
    return [f"{PAGE} names {name}" for name in _LOCAL.findall(files[PAGE].decode()) if name not in files]
