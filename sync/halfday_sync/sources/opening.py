"""The source that a school's settings ask for. Each kind is imported when it is asked for, and only then."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.source_kinds import kinds
from halfday_sync.sources.base import Site, Source

_MODULES: Mapping[str, str] = {
    "contract": "files",
    "tabular": "files",
    "folder": "folder",
    "wonde": "wonde",
    "arbor": "arbor",
    "sims": "sims",
    "bromcom": "bromcom",
    "ctf": "ctf",
}
"""The module of `sources` that opens a kind: its `open_source(settings, site)` gives the source."""


def open_source(settings: Mapping[str, Any], site: Site) -> Source:
    """The source of a `[source]` (completed, see `source_kinds`). Reads secrets; asks nothing of the network yet.

    Raises:
        SettingsError: a setting or a secret is missing or wrong.
    """
    kind = str(settings.get("kind", ""))
    if kind not in _MODULES:
        raise SettingsError(f"source.kind is {kind!r}.", problems=[f"write one of {', '.join(kinds())}"])
    module = import_module(f"halfday_sync.sources.{_MODULES[kind]}")
    opened: Callable[[Mapping[str, Any], Site], Source] = module.open_source
    return opened(settings, site)
