"""The way to a web service, step by step: the name, the connection, the certificate."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from halfday_sync.sources.base import Look
from halfday_sync.sources.web import HERE, Web

_SECONDS = 10.0


def way_to(web: Web) -> Iterator[Look]:
    """Each step, ending at the first that fails. Raises nothing; sends no secret.

    Through a proxy only the requests themselves can tell: then this says so, and no more.
    """
    parts = urlsplit(web.base)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if host not in HERE and parts.scheme in getproxies() and not proxy_bypass(host):
        yield Look("proxy", well=True, words=f"{web.host} is asked through this computer's proxy.")
        return
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        now = "Is this computer online? If so, ask the school's IT whether its name server knows this name."
        yield Look("name", well=False, words=f"The name {host} is not known to this computer.", now=now)
        return
    yield Look("name", well=True, words=f"The name {host} is known.")
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as line:
            yield Look("connection", well=True, words=f"{web.host} can be reached.")
            if parts.scheme == "https":
                yield _certificate(line, host)
    except OSError:
        now = f"Ask the school's IT to let this computer reach {host}, port {port}, through the firewall or web filter."
        yield Look("connection", well=False, words=f"{web.host} does not answer on port {port}.", now=now)


def _certificate(line: socket.socket, host: str) -> Look:
    try:
        with ssl.create_default_context().wrap_socket(line, server_hostname=host):
            return Look("certificate", well=True, words="Its certificate is trusted.")
    except ssl.SSLCertVerificationError:
        now = (
            "Often a web filter stands in between. Ask the school's IT to put the filter's certificate into the "
            f"computer's store, or to let {host} through unopened."
        )
        return Look("certificate", well=False, words=f"The certificate of {host} is not trusted.", now=now)
    except ssl.SSLError:
        now = f"Ask the school's IT to let {host} through the firewall or web filter unopened."
        return Look("certificate", well=False, words=f"The secure connection to {host} is cut off.", now=now)
