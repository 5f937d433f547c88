"""Google on this computer: the line of the product leads to an emulator instead, whatever address it asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests

from halfday_sync.sheets import connecting


class ToBase(requests.adapters.HTTPAdapter):
    """Sends what is for *.googleapis.com to a base instead; anything else is a fault of the product."""

    __attrs__ = [*requests.adapters.HTTPAdapter.__attrs__, "base"]  # noqa: RUF012 - copies keep it: Google's library makes some

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        asked = urlsplit(str(request.url))
        host = asked.hostname or ""
        assert asked.scheme == "https", f"{host} was asked unencrypted"
        assert host == "googleapis.com" or host.endswith(".googleapis.com"), f"{host} is not Google's"
        request.url = f"{self.base}{asked.path}{'?' * bool(asked.query)}{asked.query}"
        return super().send(request, *args, **more | {"proxies": {}})


@contextmanager
def line(base: str) -> Iterator[None]:
    """Product code that talks to Google talks to `base` meanwhile."""
    with mock.patch.object(connecting, "https_adapter", partial(ToBase, base)):
        yield
