"""`halfday addin build` and `halfday addin serve`: the add-in for Excel 365, made as static files and tried here."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, dry_run_option
from halfday_sync.errors import Exit, SettingsError, UsageError

if TYPE_CHECKING:
    from halfday_sync.addins.officejs.certificate import Certificate
    from halfday_sync.addins.officejs.folder import Built

_PORT = 3000
_PORTS = range(65536)
"""Those that may be asked for; with 0 the computer chooses one that is free."""


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verbs `build` and `serve` of `halfday addin`."""
    build = verbs.add_parser("build", help="make the add-in for Excel 365: a folder for any HTTPS host")
    build.add_argument(
        "folder", type=Path, metavar="DIR", help="the folder to make (of one of ours, the built files are replaced)"
    )
    build.add_argument(
        "--address", required=True, metavar="URL", help="where it will be reached, as https://halfday.school.example"
    )
    build.add_argument(
        "--pyodide", type=Path, metavar="PATH", help="Pyodide as downloaded: .tgz, .tar.bz2 or a folder (default: npm)"
    )
    dry_run_option(build)
    build.set_defaults(run=run_build)
    serve = verbs.add_parser("serve", help="serve that folder on this computer, to try it in Excel here")
    serve.add_argument("folder", type=Path, metavar="DIR", help="a folder made by 'halfday addin build'")
    serve.add_argument("--port", type=int, metavar="N", help=f"default: the manifest's, or {_PORT}")
    serve.add_argument("--certificate", type=Path, metavar="PEM", help="a certificate of your own, with --key")
    serve.add_argument("--key", type=Path, metavar="PEM", help="the key of that certificate")
    serve.set_defaults(run=run_serve)


def run_build(args: argparse.Namespace, said: Said) -> Exit:
    """Makes the folder, and says what to do with it."""
    from halfday_sync.addins.officejs.folder import build

    built = build(args.folder, args.address, pyodide=args.pyodide, dry_run=args.dry_run)
    for line in _told(built, dry_run=args.dry_run):
        said(line)
    return Exit.DONE


def _told(built: "Built", *, dry_run: bool) -> list[str]:
    size = sum(built.sizes.values()) / 1_000_000
    kept = [f"Left as it is, since no build made it: {', '.join(built.kept)}"] if built.kept else []
    if dry_run:
        files = [f"  {count:>10,}  {name}" for name, count in built.sizes.items()]
        return [*files, *kept, f"Dry run: {len(files)} files, {size:.1f} MB, would be written to {built.folder}."]
    manifest = built.folder / "manifest.xml"
    lines = [f"Written: {built.folder} ({len(built.sizes)} files, {size:.1f} MB) for {built.address}", *kept]
    if _port_here(built.address) is not None:
        return [*lines, f"Next: halfday addin serve {built.folder}"]
    return [
        *lines,
        f"Next: put the folder on the host, so that {built.address}/taskpane.html shows a page (READ-ME.txt says how).",
        "Then in the Microsoft 365 admin centre: Settings → Integrated apps → Upload custom apps → Office Add-in,",
        f"and give it {manifest}.",
    ]


def _port_here(address: str) -> int | None:
    """The port of an address on this computer; nothing for an address elsewhere."""
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return parts.port or 443 if parts.hostname in {"localhost", "127.0.0.1"} else None


def run_serve(args: argparse.Namespace, said: Said) -> Exit:
    """Serves the folder until it is stopped with Ctrl-C."""
    from halfday_sync.addins.officejs.manifest import address_of, is_ours
    from halfday_sync.addins.serve import server

    if args.port is not None and args.port not in _PORTS:
        raise UsageError("--port is a number from 1 to 65535.", now="Leave it out to take the manifest's.")
    if not is_ours(args.folder):
        raise SettingsError(
            f"{args.folder} is not a folder of the add-in.",
            now="Make it first: halfday addin build DIR --address https://localhost:3000",
        )
    address = address_of(args.folder)
    certificate = _certificate(args)
    wanted = args.port if args.port is not None else _port_here(address) or _PORT
    with server(args.folder, certificate, wanted) as running:
        here = f"https://localhost:{running.server_port}"
        said(f"The add-in is at {here}/taskpane.html, for this computer only. Ctrl-C stops it.")
        for line in _hints(certificate, address, here):
            said(line)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            said("Stopped.")
    return Exit.DONE


def _certificate(args: argparse.Namespace) -> "Certificate":
    from halfday_sync.addins.officejs.certificate import Certificate, certificate_folder, kept

    if (args.certificate is None) != (args.key is None):
        raise UsageError("--certificate and --key belong together.", now="Give both, or neither.")
    for path in (args.certificate, args.key):
        if path is not None and not path.is_file():
            raise UsageError(f"There is no file {path}.", now="Name the PEM files of your certificate and its key.")
    if args.certificate is not None:
        return Certificate(args.certificate, args.key)
    return kept(certificate_folder(), args.now)


def _hints(certificate: "Certificate", address: str, here: str) -> list[str]:
    from halfday_sync.addins.officejs.certificate import how_to_trust

    lines = []
    if certificate.authority and certificate.is_new:
        lines += ["A certificate for this computer was made.", *how_to_trust(certificate.authority)]
    elif certificate.authority:
        lines.append(f"The certificate to trust, if that was not done yet: {certificate.authority}")
    if address != here:
        lines += [
            f"The manifest names {address}, so Excel will look there and not here.",
            f"To try it here, build it again with --address {here}",
        ]
    return lines
