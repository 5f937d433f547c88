"""What belongs to a tab besides its cells: colours, protection, filter views and charts. Pure."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from halfday_sync.sheets import looks, orders
from halfday_sync.sheets.charts import anchored, chart_text, is_drawn, spec
from halfday_sync.sheets.model import SLT, FilterView, Page, Rule, Sent
from halfday_sync.sheets.orders import Area, Json
from halfday_sync.sheets.planning_cells import Now
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, Protection, SeenRule, Tab

_EQUAL = "TEXT_EQ"


@dataclass(frozen=True, slots=True)
class Marks:
    """Changes of what belongs to a tab: those that come before rows and columns move, those after, and what is told."""

    before: tuple[Json, ...] = ()
    after: tuple[Json, ...] = ()
    told: tuple[str, ...] = ()


def marks(page: Page, now: Now, sent: Sent, account: str, owners: Collection[str]) -> Marks:
    """What changes of a tab's colours, protection, filter views and charts.

    Args:
        page: the tab as it should be.
        now: where its rows and columns will stand.
        sent: what was sent last.
        account: the address of the service account: the one that may edit what is Halfday's.
        owners: others that Google lets edit everywhere whatever is asked: who owns the file, or manages the drive.
    """
    before, colours = _rules(page, now, sent.rules.get(page.id, ()))
    guard, told = _protection(page, now, account, owners)
    after = (*colours, *guard, *_views(page, now), *_charts(page, now, sent.charts))
    return Marks(tuple(before), after, tuple(told))


# Colours --------------------------------------------------------------------------------------------------------------


def _rules(page: Page, now: Now, sent: Collection[Rule]) -> tuple[list[Json], list[Json]]:
    """Colours that go or look otherwise, last first; and those that come, below people's own, which count first."""
    there = now.tab.rules if now.tab else ()
    wanted = {(rule.column, rule.text): rule for rule in page.rules if _is_possible(rule, now)}
    known = {(rule.column, rule.text) for rule in sent} | set(wanted)
    missing, going = dict(wanted), []
    for at, seen in enumerate(there):
        name = _named(seen, now.tab)
        if name not in known:
            continue
        if name in missing and _is_as_wanted(seen, missing[name], now):
            del missing[name]
        else:
            going.append(at)
    stay = sum(at not in going and not _is_going(seen, now) for at, seen in enumerate(there))
    sheet_id = page.sheet_id
    before: list[Json] = [{"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": at}} for at in reversed(going)]
    after: list[Json] = [
        {"addConditionalFormatRule": {"rule": _rule(rule, now, sheet_id), "index": stay + at}}
        for at, rule in enumerate(missing.values())
    ]
    return before, after


def _is_possible(rule: Rule, now: Now) -> bool:
    return rule.column in now.columns.at and orders.is_only_text(rule.text)


def _named(seen: SeenRule, tab: Tab | None) -> tuple[str, str] | None:
    """The column and text of a colour that may be one of ours; nothing of one that cannot."""
    if tab is None or seen.kind != _EQUAL or len(seen.areas) != 1 or len(seen.texts) != 1:
        return None
    area = seen.areas[0]
    key = tab.column_keys.get(area.left, "")
    return (key, seen.texts[0]) if area.right == area.left + 1 and key else None


def _is_as_wanted(seen: SeenRule, rule: Rule, now: Now) -> bool:
    return _reaches(seen.areas[0], now) and (seen.ink, seen.fill) == looks.pair(rule.colour)


def _reaches(area: Area, now: Now) -> bool:
    """Whether an area goes from the headers down to the last row, and will do so once new rows are there.

    New rows at its edge are outside, but behind an open end.
    """
    if now.tab is None:
        return False
    new = {at + step for at, count in now.rows.new for step in range(count)}
    is_from_top = area.top <= now.tab.row_of.get(HEADERS, 0) + 1 and now.rows.at[HEADERS] + 1 not in new
    is_to_end = area.bottom is None or (area.bottom >= now.tab.row_count and len(now.rows.places) - 1 not in new)
    return is_from_top and is_to_end


def _is_going(seen: SeenRule, now: Now) -> bool:
    """Whether a colour goes by itself, with the only columns that it is for."""
    return bool(seen.areas) and all(
        area.right is not None and set(range(area.left, area.right)) <= now.columns.gone for area in seen.areas
    )


def _rule(rule: Rule, now: Now, sheet_id: int) -> Json:
    ink, fill = looks.pair(rule.colour)
    column = now.columns.at[rule.column]
    return {
        "ranges": [Area(sheet_id, now.rows.at[HEADERS] + 1, None, column, column + 1).json],
        "booleanRule": {
            "condition": {"type": _EQUAL, "values": [{"userEnteredValue": rule.text}]},
            "format": {
                "backgroundColorStyle": {"rgbColor": fill.json},
                "textFormat": {"foregroundColorStyle": {"rgbColor": ink.json}},
            },
        },
    }


# Protection -----------------------------------------------------------------------------------------------------------


def _protection(page: Page, now: Now, account: str, owners: Collection[str]) -> tuple[list[Json], list[str]]:
    """Everything is Halfday's but the cells below SLT's headers; a person's own column stays as free as it is."""
    seen = next((one for one in now.tab.protections if one.id == page.sheet_id), None) if now.tab else None
    if now.tab is None or seen is None:
        told = [] if now.tab is None else [f"{page.title}: the protection was missing and has been put back."]
        return [{"addProtectedRange": {"protectedRange": _guard(page, now, account, _answers(page, now))}}], told
    is_weak = _is_weak(page, now.tab, seen, {account.lower(), *(owner.lower() for owner in owners)})
    free = _answers(page, now) | {
        at
        for at, place in enumerate(now.columns.places)
        if not place.key and place.was is not None and any(_covers(area, place.was) for area in seen.free)
    }
    is_tight = any(
        now.is_new((HEADERS, column.key)) or not _is_free(now.tab.column_of[column.key], seen, now)
        for column in page.answers
    )
    if not (is_weak or is_tight):
        return [], []
    guard = _guard(page, now, account, free)
    told = [f"{page.title}: the protection had been changed and has been put back."] if is_weak else []
    return [{"updateProtectedRange": {"protectedRange": guard, "fields": _GUARDED}}], told


_GUARDED = "range,unprotectedRanges,warningOnly,editors,description"


def _answers(page: Page, now: Now) -> set[int]:
    """Where SLT's columns will stand."""
    return {now.columns.at[column.key] for column in page.columns if column.owner == SLT}


def _answer_places(page: Page, tab: Tab) -> list[int]:
    """Where SLT's columns stand that are there."""
    return [tab.column_of[column.key] for column in page.answers if column.key in tab.column_of]


def _is_weak(page: Page, tab: Tab, seen: Protection, may: Collection[str]) -> bool:
    """Whether more people, or more cells, are let in than should be."""
    whole = seen.area.top == 0 and seen.area.left == 0 and seen.area.is_open_down(tab.row_count)
    is_whole = whole and (seen.area.right is None or seen.area.right >= tab.column_count)
    ours = [at for at, key in tab.column_keys.items() if at not in set(_answer_places(page, tab)) and key]
    first = tab.row_of.get(HEADERS, 0) + 1
    is_open = any(area.top < first or _covers(area, at) for area in seen.free for at in ours)
    return not is_whole or is_open or seen.only_warns or seen.is_wider or not seen.users <= set(may)


def _covers(area: Area, column: int) -> bool:
    return area.left <= column and (area.right is None or column < area.right)


def _is_free(column: int, seen: Protection, now: Now) -> bool:
    """Whether people may write in a whole column, below the headers."""
    return any(_covers(area, column) and _reaches(area, now) for area in seen.free)


def _guard(page: Page, now: Now, account: str, free: Collection[int]) -> Json:
    top = now.rows.at[HEADERS] + 1
    spans: list[list[int]] = []
    for at in sorted(free):
        if spans and spans[-1][1] == at:
            spans[-1][1] = at + 1
        else:
            spans.append([at, at + 1])
    return {
        "protectedRangeId": page.sheet_id,
        "range": {"sheetId": page.sheet_id},
        "unprotectedRanges": [Area(page.sheet_id, top, None, left, right).json for left, right in spans],
        "description": "Halfday fills this in",
        "warningOnly": False,
        "editors": {"users": [account]},
    }


# Filter views ---------------------------------------------------------------------------------------------------------


def _views(page: Page, now: Now) -> Iterator[Json]:
    """Filter views that are not there: people may change them, so those that are stay as they are."""
    there = now.tab.views if now.tab else frozenset()
    for view in page.views:
        if view.id not in there and all(key in now.columns.at for key in view.shows):
            area = Area(page.sheet_id, now.rows.at[HEADERS], None, now.columns.at[KEY_COLUMN], None)
            specs = [_shown(view, key, now) for key in view.shows]
            said = {"filterViewId": view.id, "title": view.title, "range": area.json, "filterSpecs": specs}
            yield {"addFilterView": {"filter": said}}


def _shown(view: FilterView, key: str, now: Now) -> Json:
    at, texts = now.columns.at[key], [text for text in view.shows[key] if orders.is_only_text(text)]
    if not texts:
        condition: Json = {"type": "NOT_BLANK"}
    elif len(texts) == 1:
        condition = {"type": _EQUAL, "values": [{"userEnteredValue": texts[0]}]}
    else:
        cell = f"${orders.letters(at)}{now.rows.at[HEADERS] + 2}"
        each = [cell + '="' + text.replace('"', '""') + '"' for text in texts]
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": f"=OR({', '.join(each)})"}]}
    return {"columnIndex": at, "filterCriteria": {"condition": condition}}


# Charts ---------------------------------------------------------------------------------------------------------------


def _charts(page: Page, now: Now, sent: Mapping[int, str]) -> Iterator[Json]:
    """Charts that are not there, or were sent with something else to show; those that no page has any more go."""
    there = now.tab.charts if now.tab else frozenset()
    for number in sorted(there & sent.keys() - {chart.id for chart in page.charts}):
        yield {"deleteEmbeddedObject": {"objectId": number}}
    for chart in page.charts:
        if not is_drawn(chart, now):
            continue
        if chart.id not in there:
            placed = {
                "chartId": chart.id,
                "spec": spec(chart, now, page.sheet_id),
                "position": anchored(chart, now, page),
            }
            yield {"addChart": {"chart": placed}}
        elif sent.get(chart.id) != chart_text(chart, now, page.sheet_id):
            yield {"updateChartSpec": {"chartId": chart.id, "spec": json.loads(chart_text(chart, now, page.sheet_id))}}
