"""The Google copy: its settings, the key of Google, the way there, and how the last syncs went.

Three addresses of Google are asked for a public page each, without the key: whether they can be reached from here, and
whether it is Google that answers and not a web filter. Who has access is the business of `halfday mirror check`.
"""

from collections.abc import Sequence
from datetime import timedelta

from halfday_sync.doctor.agent import with_a_school
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, moment, note, wrong
from halfday_sync.doctor.health import age
from halfday_sync.doctor.machine import CertificateRefusedError
from halfday_sync.errors import Exit
from halfday_sync.mirroring.outcomes import LEFT, SHOWN, STOPPED, UNSAFE, WENT_WELL
from halfday_sync.mirroring.settings import read_settings
from halfday_sync.store import MirrorTry

PAGES = (
    "https://oauth2.googleapis.com/tokeninfo",
    "https://sheets.googleapis.com/$discovery/rest?version=v4",
    "https://www.googleapis.com/discovery/v1/apis/drive/v3/rest",
)
"""Public pages of the three hosts that a sync needs; Google answers each of them with JSON, if only to say no."""
_FILTER = (
    "Ask the school's IT to let this computer reach oauth2.googleapis.com, sheets.googleapis.com and "
    "www.googleapis.com through the web filter or proxy, unopened."
)
_KEY_NOW = "Run 'halfday mirror setup --key FILE' as the user who runs Halfday."
_BEGINNING = 64


def with_a_copy(site: Site) -> str:
    """Why the checks of the Google copy do not apply."""
    if not site.config:
        return with_a_school(site)
    return "" if site.school.mirror else "not needed, since halfday.toml has no Google copy"


def _settings(site: Site) -> Found:
    settings = read_settings(site.school.mirror)
    if not settings.sheet:
        return wrong("halfday.toml names no Google Sheet", "Run 'halfday mirror setup': it asks for its address.")
    if not settings.people and not settings.groups:
        return note("nobody but Halfday's account may see it", "Run 'halfday mirror setup': it asks who may.")
    return fine(f"{len(settings.tabs)} tabs for {len(settings.people) + len(settings.groups)} people or groups")


def _key(site: Site) -> Found:
    from halfday_sync.mirroring.opening import KEY, kept_key  # noqa: PLC0415 - gspread only where a school has a copy

    found = kept_key(site.school.school)
    if found is None:
        return wrong(f"the {KEY} is not in this user's credential store", _KEY_NOW)
    return fine("it is in this user's credential store")


def _reach(site: Site) -> Found:
    for page in PAGES:
        host = page.split("/")[2]
        try:
            reply = site.machine.probes.web(page, _BEGINNING)
        except CertificateRefusedError:
            return wrong(f"the certificate of {host} is not trusted here: a web filter stands in between", _FILTER)
        except OSError as fault:
            return wrong(f"{host} cannot be reached ({type(fault).__name__})", _FILTER)
        if reply.status in range(300, 400) or reply.kind == "text/html":
            return wrong(f"a web page answers in place of {host}: a log-on or blocking page", _FILTER)
    return fine("Google answers")


def _last(site: Site) -> Found:
    """How the last sync went, and when the copy was last as it should be."""
    tries = _tries(site)
    if not tries:
        return note("never", "Run 'halfday mirror sync': the first sync is a step of its own.")
    last, now = tries[0], site.machine.now
    if last.outcome == LEFT:
        return note(
            f"{moment(last.at, now)}: {_sentence(last)}", "Look at the last run first: it says what it waits for."
        )
    if last.outcome not in WENT_WELL:
        good = next((one for one in tries if one.outcome in WENT_WELL), None)
        since = f"the copy is of {moment(good.at, now)}" if good else "it never went well"
        return wrong(f"{moment(last.at, now)}: {_sentence(last)}; {since}", "Run 'halfday mirror check'.", _code(last))
    if now - last.at > _QUIET:
        return note(
            f"{moment(last.at, now)}, and none since",
            "Unless it is a holiday, look whether the computer still starts the run every morning.",
        )
    return fine(f"{moment(last.at, now)}, {age(last.at, now)}")


_QUIET = timedelta(days=4)
"""A long weekend, as with the runs themselves."""


def _sharing(site: Site) -> Found:
    """What the last sync found about who has access; addresses are told by `halfday mirror check` only."""
    tries = _tries(site)
    if not tries:
        return note("not looked at yet", "Run 'halfday mirror check'.")
    last = tries[0]
    if last.outcome == UNSAFE:
        return wrong(
            f"on {moment(last.at, site.machine.now)} nothing was written, for safety",
            "Run 'halfday mirror check': it says who has access that should not, or what else is not as it must be.",
            Exit.SAFETY,
        )
    seen = next((one for one in tries if one.outcome in WENT_WELL), None)
    if seen is None:
        return note("not looked at yet, since no sync went well", "Run 'halfday mirror check'.")
    return fine(f"as the school's list says, on {moment(seen.at, site.machine.now)}")


def _tries(site: Site) -> Sequence[MirrorTry]:
    with site.store() as store:
        return store.mirror_tries() if store else ()


def _sentence(one: MirrorTry) -> str:
    return (one.words or SHOWN.get(one.outcome, one.outcome)).rstrip(".")


def _code(one: MirrorTry) -> Exit:
    return {UNSAFE: Exit.SAFETY, STOPPED: Exit.SETTINGS}.get(one.outcome, Exit.SOURCE)


GOOGLE = Group(
    "The Google copy",
    tuple(
        Check(*row, need=with_a_copy, unsure="Run 'halfday mirror check' and read what it says.")
        for row in (
            ("mirror-settings", "Settings of the copy", "they say where it is and who may see it", _settings),
            ("mirror-key", "Google key", "without it nothing can be written to the copy", _key),
            ("mirror-reach", "Way to Google", "the copy is written over the internet", _reach),
            ("mirror-last", "Last sync", "SLT reads figures that are as old as it", _last),
            ("mirror-sharing", "Who has access", "it holds pupils' data", _sharing),
        )
    ),
)
