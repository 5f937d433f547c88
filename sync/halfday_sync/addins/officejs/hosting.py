"""How the folder is to be served: kinds of files, what browsers may keep, where pages may reach. For us and for IT."""

import json
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

OFFICE_JS = "https://appsforoffice.microsoft.com"
"""The one foreign address: Microsoft's rules ask that office.js comes from there. The request carries no pupil data."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'wasm-unsafe-eval' {OFFICE_JS}",
        "worker-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # office.js sets a style of its own in Excel on the web
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
}
"""What is served, and as what. Nothing else is."""

FOR_EVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
LASTING = ("pyodide-", "halfday-")
"""How the names begin of what never changes under its name: Pyodide's folder, the engine's archive."""


def headers_for(name: str) -> dict[str, str]:
    """What goes with a file: its kind, how long it keeps, and where its pages may reach.

    >>> headers_for("pyodide-0.29.5/pyodide.asm.wasm")["Cache-Control"]
    'public, max-age=31536000, immutable'
    """
    said = {
        "Content-Type": KINDS[PurePosixPath(name).suffix],
        "Cache-Control": FOR_EVER if name.startswith(LASTING) else ASK,
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if name == "functions.json":
        said["Access-Control-Allow-Origin"] = "*"  # Excel on the web reads it from its own address
    return said


_UNUSUAL = {suffix: KINDS[suffix] for suffix in (".wasm", ".js", ".json")}
"""What servers are known to send as something else."""
_EVERYWHERE = {key: value for key, value in headers_for("taskpane.html").items() if key != "Content-Type"}


def headers_file(address: str, names: Iterable[str]) -> str:
    """The headers as several static hosts read them from a file `_headers`, whose paths begin at the host's root."""
    at = urlsplit(address).path
    lines = [f"{at}/*", f"  Content-Security-Policy: {CONTENT_POLICY}", "  X-Content-Type-Options: nosniff"]
    lines += ["  Referrer-Policy: no-referrer", f"{at}/functions.json", "  Access-Control-Allow-Origin: *"]
    for name in _lasting(names):
        lines += [f"{at}/{name}", f"  Cache-Control: {FOR_EVER}"]
        lines += ["  Content-Type: application/wasm"] if name.endswith(".wasm") else []
    return "\n".join([*lines, ""])


def _lasting(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(LASTING))


def azure_config(address: str, names: Iterable[str]) -> str:
    """The same for Azure Static Web Apps, which takes the first rule that fits; its paths begin at the root too."""
    at = urlsplit(address).path
    rules = [
        {"route": f"{at}/{name}", "headers": _without_kind(headers_for(name))}
        for name in ["functions.json", *_lasting(names)]
    ]
    rules.append({"route": f"{at}/*", "headers": _without_kind(headers_for("taskpane.html"))})
    kinds = {suffix: kind.partition(";")[0] for suffix, kind in KINDS.items()}
    return json.dumps({"routes": rules, "mimeTypes": kinds}, indent=2) + "\n"


def _without_kind(said: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in said.items() if key != "Content-Type"}


def web_config() -> str:
    """The same for IIS and Azure App Service on Windows, which serve no kind of file that they do not know.

    Each header is taken away before it is added: IIS answers 500.19 to one that a site above has added already.
    """
    kinds = "".join(
        f"      <remove fileExtension={quoteattr(suffix)}/>\n"
        f"      <mimeMap fileExtension={quoteattr(suffix)} mimeType={quoteattr(kind)}/>\n"
        for suffix, kind in KINDS.items()
    )
    everywhere = "".join(
        f"      <remove name={quoteattr(key)}/>\n      <add name={quoteattr(key)} value={quoteattr(value)}/>\n"
        for key, value in _without_kind(headers_for("taskpane.html")).items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n  <system.webServer>\n'
        '    <directoryBrowse enabled="false"/>\n'
        f"    <staticContent>\n{kinds}    </staticContent>\n"
        f"    <httpProtocol><customHeaders>\n{everywhere}    </customHeaders></httpProtocol>\n"
        "  </system.webServer>\n"
        '  <location path="functions.json"><system.webServer><httpProtocol><customHeaders>\n'
        '    <remove name="Access-Control-Allow-Origin"/>\n'
        '    <add name="Access-Control-Allow-Origin" value="*"/>\n'
        "  </customHeaders></httpProtocol></system.webServer></location>\n"
        "</configuration>\n"
    )


def apache_config() -> str:
    """The same for Apache, as lines to put into its settings."""
    kinds = [f"AddType {kind.partition(';')[0]} {suffix}" for suffix, kind in _UNUSUAL.items()]
    headers = [f'Header always set {key} "{value}"' for key, value in _EVERYWHERE.items()]
    across = ['<Files "functions.json">', '  Header always set Access-Control-Allow-Origin "*"', "</Files>"]
    return "".join(f"    {line}\n" for line in [*kinds, *headers, *across])


def nginx_config(address: str) -> str:
    """The same for nginx, which forgets the headers of a block in a block below it: they are said again there."""
    at = urlsplit(address).path
    headers = [f'  add_header {key} "{value}" always;' for key, value in _EVERYWHERE.items()]
    lines = [
        f"location {at}/ {{",
        *headers,
        "}",
        f"location = {at}/functions.json {{",
        *headers,
        '  add_header Access-Control-Allow-Origin "*" always;',
        "}",
    ]
    return "".join(f"    {line}\n" for line in lines)


def read_me(address: str, pyodide: str) -> str:
    """What the person who puts the folder on a host must know."""
    return f"""Halfday in Excel: static files
==============================

Put everything in this folder on a web server so that it is reached at
    {address}/taskpane.html
Any static host will do. Nothing runs on the server, and no pupil data reaches it: Python runs in the Excel of the
person who opens the workbook.

The server must
- speak HTTPS with a certificate that the school's computers trust;
- send .wasm as application/wasm, and .js as text/javascript;
- send "Access-Control-Allow-Origin: *" with functions.json (Excel on the web reads it from another address);
- NOT send X-Frame-Options, nor a frame-ancestors rule that keeps Office out;
- compress .js, .wasm and .json if it can (12 MB become 5 MB).
web.config does this for IIS and Azure App Service on Windows, staticwebapp.config.json for Azure Static Web Apps, and
_headers for hosts that read such a file (Cloudflare Pages, Netlify). Those two must lie at the root of the site, also
where the address has a path. Elsewhere take the lines from there. GitHub Pages sends no headers of one's own.

Apache, in the site's own settings (with mod_headers):
{apache_config()}
nginx, in the server's block (its mime.types must name application/wasm):
{nginx_config(address)}
One header is worth the trouble everywhere, with every file and above all with worker.js:
    Content-Security-Policy: {CONTENT_POLICY}
Python runs in worker.js, and a browser lets a worker reach what the header of worker.js itself allows: with it, nothing
but this folder. Without it, Halfday still takes fetch, WebSocket and the other ways to the network from the worker
once Python has started, and Halfday's own code sends nothing; but no rule of the browser stands behind that.
'halfday doctor' says whether the header is there.

Then, in the Microsoft 365 admin centre: Settings, Integrated apps, Upload custom apps, Office Add-in, and give it
manifest.xml from this folder. Choose who gets it. It can take a day until it shows in Excel.

After an update of Halfday: build again for the same address, put the whole new folder in place of the old one. A build
into the same folder replaces the files that are listed in built-files.txt and leaves everything else, such as .git or
CNAME, as it is. 'sha256sum -c built-files.txt' checks a copy of the folder. Nobody does anything in Excel.

The one request that goes elsewhere is for Microsoft's office.js ({OFFICE_JS}), which every
Office add-in must load from there. It carries no pupil data.

In the folder: Python {pyodide}, the Halfday engine, the pages and manifest.xml. There is no secret in any of it.
"""
