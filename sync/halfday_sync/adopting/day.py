"""The first day of an adopted policy: today. The time machine may say an earlier one, where nothing is decided yet."""

from datetime import date

from halfday_sync.errors import SettingsError, UsageError


def first_day(asked: date | None, *, today: date, decided: date | None) -> date:
    """The day from which a policy is in force.

    A later day is refused, since a policy file is read as it stands: it would be in force at once. An earlier one is
    for looking back and for demonstrations. It would change stages that were decided, unless nothing is decided yet
    from that day on; `decided` is the last day for which the store has outcomes.

    Raises:
        UsageError: the day is after today.
        SettingsError: stages of that day or of a later one are decided.
    """
    on = asked or today
    if on > today:
        raise UsageError(
            "A policy is in force from the day it is adopted, and that day is after today.",
            now="Adopt it on that day, without --as-of.",
        )
    if on < today and decided and decided >= on:
        raise SettingsError(
            f"Stages up to {decided.day} {decided:%B %Y} are decided, and stay as they are.",
            now="Leave --as-of out: the policy is then in force from today.",
        )
    return on
