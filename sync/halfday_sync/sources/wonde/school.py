"""The school at Wonde: whether it is the one that was asked for, and asked for at the right region's address."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from halfday_sync.errors import SourceError
from halfday_sync.sources.web import Web
from halfday_sync.sources.wonde.pages import single
from halfday_sync.sources.wonde.values import Record, text

REGIONS = ("api.wonde.com", "api-ap-southeast-2.wonde.com", "api-af-south-1.wonde.com")
"""Addresses of Wonde's regions that are known. Source: Wonde's own clients (A)."""

_DOMAIN = re.compile(r"[\w.-]+(:\d+)?", re.ASCII)


def the_school(web: Web, school_id: str) -> Record:
    """The school's object.

    Raises:
        SourceError: it is not there, is another, or belongs to another region's address.
    """
    found = single(web, f"schools/{school_id}", asked="the school")
    if not isinstance(found, Mapping) or not found:
        others = " or ".join(f"https://{domain}/v1.0/" for domain in REGIONS if domain != web.host)
        raise SourceError(
            f"{web.name} ({web.host}) answers, but has no school with this ID.",
            now="The school may be in another region, which has an address of its own. Write in [source] of "
            f"halfday.toml: address = {others}. If it stays so, the school has to approve the access.",
        )
    if text(found.get("id")) != school_id:
        raise SourceError(
            f"{web.name} answered about another school than the one that was asked for.",
            now="Is the school's ID right? 'halfday init' asks for it.",
        )
    region = found.get("region")
    domain = text(region.get("domain")) if isinstance(region, Mapping) else ""
    if _DOMAIN.fullmatch(domain) and domain.casefold() not in (
        web.host.casefold(),
        urlsplit(web.base).netloc.casefold(),
    ):
        raise SourceError(
            f"The school may be in another region: its own address is {domain}, and {web.host} was asked.",
            now=f'Write in [source] of halfday.toml: address = "https://{domain}/v1.0/"',
        )
    return found


def remarks(school: Record) -> list[str]:
    """What a person should know of the school's object."""
    zone = text(school.get("timezone"))
    if zone and zone != "Europe/London":
        return [f"the school's time zone at Wonde is {zone}; dates are taken as they are written"]
    return []
