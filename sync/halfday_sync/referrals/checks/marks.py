"""Checks of the marks: a reason for each, none missing, reaching back far enough, the threshold, the child's age."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby

from halfday import codes, national, printing
from halfday.contacted import REASON
from halfday.penalty import running
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.checks.finding import Check, Finding
from halfday_sync.referrals.counting import held, reaches, year_name, year_span, years
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.threshold_window import threshold_of

_MIS = "The MIS: {}. Then run Halfday again."
_EARLIER = (
    "The MIS: send Halfday the marks of the earlier days, or add a printout of them. "
    "Where the child came from another school, ask that school."
)
_ABSENT = codes.ids("authorised", "unauthorised")
_ATTENDED = codes.ids(*codes.ATTENDED)
_AWAY = frozenset({"G", "N", "O"})
"""Codes of the window for which nobody saw the child on the day; who came late (U) was seen."""


def no_n(case: Case, profile: Profile) -> Iterator[Finding]:
    """Marks that are still N in the years of the certificate."""
    found = _days(case, profile, frozenset({codes.UNEXPLAINED}))
    if found:
        what = f"{printing.counted(len(found), 'mark is', 'marks are')} still N, without a reason: {_told(found)}."
        yield Finding(what, _MIS.format("find the reason of each, and amend the mark"))


def no_missing(case: Case, profile: Profile) -> Iterator[Finding]:
    """Sessions of the certificate's years for which the register has a gap."""
    found = _days(case, profile, codes.ids("missing"))
    if found:
        what = f"{printing.counted(len(found), 'mark is', 'marks are')} missing: {_told(found)}."
        yield Finding(what, _MIS.format("fill in the register"))


def certificate_period(case: Case, profile: Profile) -> Iterator[Finding]:
    """Marks that do not reach back over the certificate's school years, or over its sessions."""
    for year in reversed(_years(case, profile)):
        found = held(case, year)
        if found is None:
            yield Finding(f"No marks of the school year {year_name(year)} are held.", _EARLIER)
        elif not reaches(case, year):
            since = printing.date_in_words(found.first)
            yield Finding(f"The marks of the school year {year_name(year)} begin on {since} only.", _EARLIER)
    possible = case.sessions.between(0, case.sessions.axis.stop).possible
    if possible < profile.certificate.sessions:
        what = f"Only {printing.counted(possible, 'possible session')} held; the form asks for the last"
        yield Finding(f"{what} {profile.certificate.sessions}.", _EARLIER)


def threshold_met(case: Case, profile: Profile) -> Iterator[Finding]:
    """A national threshold that was not reached on any day of this school year."""
    days = case.sessions.axis.days
    limit = national.value("penalty_sessions", case.as_of)
    if not any(running(case.sessions, day) >= limit for day in days):
        most = case.outcome.penalty.current
        what = f"The national threshold has not been reached this school year: {most} of {limit} sessions now."
        yield Finding(what, "Nothing to put right: it is for people to decide whether a referral is the right step.")


def compulsory_age(case: Case, profile: Profile) -> Iterator[Finding]:
    """A child who is not of compulsory school age, or whose date of birth is not known."""
    born = case.pupil.dob
    if born is None:
        yield Finding("The date of birth is not known.", _MIS.format("fill in the date of birth"))
        return
    first, last = national.compulsory_from(born), national.compulsory_until(born)
    if not first <= case.as_of <= last:
        words = f"{printing.date_in_words(first)} to {printing.date_in_words(last)}"
        what = f"The child is not of compulsory school age now: that is {words}."
        yield Finding(what, "Nothing to put right: such a referral is for children of that age.")


def holiday_coded(case: Case, profile: Profile) -> Iterator[Finding]:
    """Leave that is not coded as such."""
    if not any(code == "G" for _key, code in threshold_of(case).sessions):
        where = _MIS.format("code the days of the leave G, where the head did not grant it")
        yield Finding("No session of the ten school weeks is coded G, for leave that was not granted.", where)


def first_day_contact(case: Case, profile: Profile) -> Iterator[Finding]:
    """Absences of the window on whose first day nobody tried to reach the family."""
    mine = [one for one in case.casework.contacts if one.pupil_id == case.pupil.pupil_id]
    rung = {one.day for one in mine if one.is_talk or one.what.strip().casefold() == REASON.casefold()}
    found = [day for day in _first_days(case) if day not in rung]
    if found:
        absences = printing.counted(len(found), "absence")
        what = f"No call is written down for the first day of {absences}: {_told(found)}."
        yield Finding(what, "Contacts: a row for each day; calls from another log can be typed in too.")


CHECKS: Mapping[str, Check] = {
    "no_n": no_n,
    "no_missing": no_missing,
    "certificate_period": certificate_period,
    "threshold_met": threshold_met,
    "compulsory_age": compulsory_age,
    "holiday_coded": holiday_coded,
    "first_day_contact": first_day_contact,
}


# --- Days ------------------------------------------------------------------------------------------------------------


def _years(case: Case, profile: Profile) -> list[int]:
    """The certificate's school years in which the child was at this school, the newest first."""
    since = case.pupil.start_date or date.min
    return [year for year in years(case, profile.certificate.years) if since <= year_span(year).last]


def _days(case: Case, profile: Profile, ids: frozenset[int]) -> list[date]:
    """The days of the sessions with these codes in the certificate's years; a day twice where both halves have one."""
    axis = case.sessions.axis
    start = axis.index(year_span(years(case, profile.certificate.years)[-1]).first)
    return [axis.dates[at] for at in range(start, axis.stop) if case.sessions.ids[at] in ids]


def _told(days: list[date]) -> str:
    return printing.first_few([printing.date_in_words(day) for day in dict.fromkeys(days)], 5)


def _first_days(case: Case) -> Iterator[date]:
    """The first day of each absence that holds a session of the window for which nobody saw the child."""
    sessions, wanted = case.sessions, {key for key, code in threshold_of(case).sessions if code in _AWAY}
    could = (at for at in range(sessions.axis.stop) if sessions.ids[at] in _ABSENT | _ATTENDED)
    for away, run in groupby(could, key=lambda at: sessions.ids[at] in _ABSENT):
        places = list(run)
        if away and any(sessions.axis.sessions[at] in wanted for at in places):
            yield sessions.axis.dates[places[0]]
