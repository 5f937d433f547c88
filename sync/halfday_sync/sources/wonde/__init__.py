"""Wonde: the service that most English schools' systems already feed, asked by REST with the school's own token.

What is proven, and what is not (`A` read in official or production code or a recording, `B` inferred from how clients
use it, `C` not established by anything public; it must be checked with a real token before anyone relies on it):

- A: addresses, the bearer token, paging by `meta.pagination` (`next` to null; `per_page` text or number), the includes
  of pupils, the object of a school (`region.domain`), date objects with and without microseconds, null for what the
  school has not approved, leavers only in their own lists, the fields of marks (`id`, `date`, `session`,
  `attendance_code`, `student`, `comment`, `employee`), `updated_after` on both lists of marks. A child who is taken
  off roll is removed from Wonde; enrolled again, it has a new `id` and the same `upi`.
- A: contacts of pupils, their telephones and what they are to the pupil (`contacts` says more).
- B: no `meta.pagination` where all fits on one page; bare ids in marks; an amended mark keeps its `id`; the words of
  `enrolment_status`; empty data, not an error, from the wrong region's address.
- C: whether marks carry `minutes_late` and `updated_at` on reading (both are taken where they come, and minutes are
  stated as not carried); the words of `sen_status` (`[source.sen]` maps them; unknown ones stay blank, with a note);
  the dates inside `child_protection_plan_date_ranges`; the `type` of deletions; bodies of errors; any limit of requests
  (429 is obeyed with and without Retry-After); the order of pages. A filter of marks by date is not known: a whole
  reading asks for what was updated since a month before the first day wanted.

To check with a real token: `halfday source test` shows each of these that can be seen. Ask for `attendance/session` and
compare its fields with the list above; look at one amended mark, one deleted pupil and one child who came back.

How it stays right:

- What changed is asked for from a day before the last reading, since it is not told whether Wonde's times are UTC or
  London's, and Wonde itself is 2 to 4 hours behind the school's system.
- Pages may shift while marks are changed. A row that was moved shows twice; then everything is read once more, until a
  reading is in order or the same twice.
- Nothing is deleted because Wonde says so or leaves it out: a deletion is a note for a person.
- Null is "not shared", never "no". An empty list of child protection plans is "no" only where Wonde lists one for
  another child of the school.
- Webhooks are not listened to: they are unsigned, so anybody could send one. They could only hint at a pull, which the
  schedule makes anyway; and a school's computer should not have to be open to the internet.
- No young carer field and no child in need field are known: both stay "not shared".
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.sources.base import Site
from halfday_sync.sources.web import check_address
from halfday_sync.sources.wonde.source import TOKEN, Wonde

__all__ = ["Wonde", "open_source"]


def open_source(settings: Mapping[str, Any], site: Site) -> Wonde:
    """Wonde as the settings ask for it.

    Raises:
        SettingsError: every setting that is wrong; or the token is missing or cannot be one.
    """
    check_address("Wonde", settings["address"].strip())
    problems = []
    if not str(settings["school_id"]).isalnum():
        problems.append("source.school_id: write the ID as Wonde's portal shows it, such as A1930499544")
    if not 1 <= settings["per_page"] <= 1000:
        problems.append("source.per_page: write a number from 1 to 1000")
    for theirs, ours in settings.get("sen", {}).items():
        if ours not in ("N", "K", "E"):
            problems.append(f"source.sen.{theirs}: write N, K or E")
    if problems:
        raise SettingsError(
            "The settings for Wonde are wrong.", problems=problems, now="Put them right in halfday.toml."
        )
    token = site.secret(TOKEN).strip()
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise SettingsError(
            "What was given as the token for Wonde cannot be one.",
            now="Give the token alone ('halfday init' asks for it), without anything before or after it.",
        )
    return Wonde(settings, site, token)
