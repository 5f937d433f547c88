"""Requests about what lies on a tab: protections, conditional formats, charts, filters, names and metadata.

An id that the request chooses is kept; one that is taken already is refused ("It is an error to specify the ID of a …
that already exists", in the reference of each).
"""

from typing import Any

from tests.google_emulator import masks
from tests.google_emulator.batch import Desk, request
from tests.google_emulator.book import Sheet
from tests.google_emulator.protecting import guard_sheet, is_editor, is_whole_sheet
from tests.google_emulator.replies import Json, bad, protected


def _find(desk: Desk, attribute: str, key: str, wanted: Any) -> tuple[Sheet, Json] | None:
    for sheet in desk.content.sheets:
        for held in getattr(sheet, attribute):
            if held[key] == wanted:
                return sheet, held
    return None


def _found(desk: Desk, attribute: str, key: str, wanted: Any) -> tuple[Sheet, Json]:
    found = _find(desk, attribute, key, wanted)
    if found is None:
        raise bad(f"No {_WORDS[attribute]} with id: {wanted}")  # ours, after the recorded "No grid with id"
    return found


_WORDS = {
    "protections": "protected range",
    "charts": "embedded object",
    "filter_views": "filter view",
    "banding": "banded range",
}


def _chosen(desk: Desk, attribute: str, key: str, given: Json) -> int:
    chosen = given.get(key) or desk.made.number()
    if _find(desk, attribute, key, chosen):
        raise bad(f"A {_WORDS[attribute]} with the id {chosen} already exists.")  # ours
    return int(chosen)


def _home(desk: Desk, given: Json) -> Sheet:
    """The tab of a range, once the range is known to lie inside the grid."""
    return desk.box(given, to_edit=False)[0]


def _replace(sheet: Sheet, attribute: str, old: Json, new: Json) -> None:
    held = getattr(sheet, attribute)
    held[next(at for at, item in enumerate(held) if item is old)] = new


# ---- protected ranges


@request("addProtectedRange")
def add_protected_range(desk: Desk, body: Json) -> Json:
    """The one who protects, and the file's owner, become editors; the reply says nothing of that (recorded)."""
    given = masks.clean(body["protectedRange"])
    if "range" not in given and "namedRangeId" in given:
        named = next(held for held in desk.content.named if held["namedRangeId"] == given["namedRangeId"])
        given["range"] = named["range"]
    sheet = _home(desk, given.get("range") or {})
    _check_protection(given)
    asked = masks.clean(given.get("editors") or {})
    held: Json = {
        "protectedRangeId": _chosen(desk, "protections", "protectedRangeId", given),
        "range": given.get("range") or {},
    }
    held |= {key: given[key] for key in ("description", "warningOnly", "unprotectedRanges") if key in given}
    told = {"protectedRange": {**held, "requestingUserCanEdit": True, "editors": asked}}
    held["range"] = {"sheetId": sheet.id, **held["range"]}
    held["editors"] = {**asked, "users": _editors(desk, asked.get("users", []))}  # also of a warning (recorded)
    sheet.protections.append(held)
    return {"addProtectedRange": told}


def _editors(desk: Desk, asked: list[str]) -> list[str]:
    owners = [held["emailAddress"] for held in desk.book.permissions if held["role"] == "owner"]
    return list(dict.fromkeys([*asked, desk.actor.email, *owners]))


def _check_protection(given: Json) -> None:
    if given.get("warningOnly") and given.get("editors"):
        raise bad("ProtectedRange is warningOnly. Editors cannot be set on it.")  # gspread 1437
    if given.get("unprotectedRanges") and not is_whole_sheet({"range": given.get("range") or {}}):
        raise bad("Unprotected ranges are only supported on protected sheets.")  # the reference; words ours


@request("updateProtectedRange")
def update_protected_range(desk: Desk, body: Json) -> None:
    given = body["protectedRange"]
    sheet, held = _found(desk, "protections", "protectedRangeId", given.get("protectedRangeId"))
    if not is_editor(held, desk.book, desk.actor):
        raise protected()
    new = masks.assigned(held, masks.clean(given), masks.required(body.get("fields")))
    _check_protection({**new, "editors": given.get("editors")})
    if not new.get("warningOnly"):
        editors = new.get("editors") or {}
        new["editors"] = {**editors, "users": _editors(desk, editors.get("users", []))}
    new["protectedRangeId"], new["range"] = held["protectedRangeId"], {"sheetId": sheet.id, **new.get("range", {})}
    home = _home(desk, new["range"])
    sheet.protections.remove(held)
    home.protections.append(new)


@request("deleteProtectedRange")
def delete_protected_range(desk: Desk, body: Json) -> None:
    sheet, held = _found(desk, "protections", "protectedRangeId", body["protectedRangeId"])
    if not is_editor(held, desk.book, desk.actor):
        raise protected()
    sheet.protections.remove(held)


# ---- conditional formats


@request("addConditionalFormatRule")
def add_conditional_format_rule(desk: Desk, body: Json) -> None:
    ranges = body["rule"]["ranges"]
    for given in ranges:
        desk.box(given)
    sheet = desk.sheet(ranges[0])
    sheet.conditional.insert(body.get("index", 0), _with_tab(sheet, body["rule"], "ranges"))


@request("updateConditionalFormatRule")
def update_conditional_format_rule(desk: Desk, body: Json) -> Json:
    """A new rule in the place of one, or the rule to another place."""
    sheet = desk.sheet(body if "newIndex" in body else body["rule"]["ranges"][0])
    at = body.get("index", 0)
    old = _rule(sheet, at)
    if "newIndex" in body:
        sheet.conditional.insert(body["newIndex"], sheet.conditional.pop(at))
        told = {"oldIndex": at, "newIndex": body["newIndex"], "newRule": masks.clean(old)}
    else:
        for given in body["rule"]["ranges"]:
            desk.box(given)
        sheet.conditional[at] = _with_tab(sheet, body["rule"], "ranges")
        told = {"newIndex": at, "newRule": masks.clean(sheet.conditional[at]), "oldRule": masks.clean(old)}
    return {"updateConditionalFormatRule": told}


@request("deleteConditionalFormatRule")
def delete_conditional_format_rule(desk: Desk, body: Json) -> Json:
    sheet = desk.sheet(body)
    old = _rule(sheet, body.get("index", 0))
    for given in old["ranges"]:
        desk.box(given)
    sheet.conditional.remove(old)
    return {"deleteConditionalFormatRule": {"rule": masks.clean(old)}}


def _rule(sheet: Sheet, at: int) -> Json:
    if not 0 <= at < len(sheet.conditional):
        raise bad(f"No conditional format on sheet: {sheet.id} at index: {at}")
    return sheet.conditional[at]


def _with_tab(sheet: Sheet, given: Json, key: str) -> Json:
    """The message as it is kept: its ranges name the tab, also where that is the first."""
    kept: Json = {**given, key: [{"sheetId": sheet.id, **item} for item in given[key]]}
    return kept


# ---- charts


@request("addChart")
def add_chart(desk: Desk, body: Json) -> Json:
    given = body["chart"]
    position = given.get("position") or {}
    kept = {"chartId": _chosen(desk, "charts", "chartId", given), "spec": masks.clean(given.get("spec") or {})}
    if position.get("newSheet") or position.get("sheetId"):
        raise bad("The emulator knows charts over cells only.")  # ours
    anchor = position.get("overlayPosition", {}).get("anchorCell", {})
    _in_grid(desk, kept["spec"])
    kept["position"] = masks.clean(position)
    desk.sheet(anchor).charts.append(kept)
    return {"addChart": {"chart": kept}}


def _in_grid(desk: Desk, spec: Any) -> None:
    """The ranges that a chart draws must be inside the grid."""
    if isinstance(spec, list):
        for item in spec:
            _in_grid(desk, item)
    if isinstance(spec, dict):
        if "startRowIndex" in spec or "endRowIndex" in spec:
            desk.box(spec, to_edit=False)
        for item in spec.values():
            _in_grid(desk, item)


@request("updateChartSpec")
def update_chart_spec(desk: Desk, body: Json) -> None:
    sheet, held = _found(desk, "charts", "chartId", body["chartId"])
    spec = masks.clean(body["spec"])
    _in_grid(desk, spec)
    _replace(sheet, "charts", held, {**held, "spec": spec})


@request("updateEmbeddedObjectPosition")
def update_embedded_object_position(desk: Desk, body: Json) -> Json:
    """Only charts over cells; the fields are those of the overlay position."""
    sheet, held = _found(desk, "charts", "chartId", body["objectId"])
    given = body["newPosition"].get("overlayPosition") or {}
    tree = masks.required(body.get("fields"))
    overlay = masks.assigned(held.get("position", {}).get("overlayPosition", {}), given, tree)
    new = {**held, "position": {"overlayPosition": masks.clean(overlay)}}
    sheet.charts.remove(held)
    desk.sheet(overlay.get("anchorCell") or {}).charts.append(new)
    return {"updateEmbeddedObjectPosition": {"position": new["position"]}}


@request("deleteEmbeddedObject")
def delete_embedded_object(desk: Desk, body: Json) -> None:
    sheet, held = _found(desk, "charts", "chartId", body["objectId"])
    guard_sheet(desk.book, sheet, desk.actor)
    sheet.charts.remove(held)


# ---- filters


@request("setBasicFilter")
def set_basic_filter(desk: Desk, body: Json) -> None:
    sheet, box = desk.box(body["filter"].get("range") or {})
    sheet.basic_filter = {
        **body["filter"],
        "range": {
            "sheetId": sheet.id,
            "startRowIndex": box.top,
            "endRowIndex": box.bottom,
            "startColumnIndex": box.left,
            "endColumnIndex": box.right,
        },
    }


@request("clearBasicFilter")
def clear_basic_filter(desk: Desk, body: Json) -> None:
    sheet = desk.sheet(body)
    guard_sheet(desk.book, sheet, desk.actor)
    sheet.basic_filter = None


@request("addFilterView")
def add_filter_view(desk: Desk, body: Json) -> Json:
    given = masks.clean(body["filter"])
    sheet = _home(desk, given.get("range") or {})
    held = {**given, "filterViewId": _chosen(desk, "filter_views", "filterViewId", given)}
    sheet.filter_views.append({**held, "range": {"sheetId": sheet.id, **(given.get("range") or {})}})
    return {"addFilterView": {"filter": held}}


@request("updateFilterView")
def update_filter_view(desk: Desk, body: Json) -> None:
    given = masks.clean(body["filter"])
    sheet, held = _found(desk, "filter_views", "filterViewId", given.get("filterViewId"))
    new = masks.assigned(held, given, masks.required(body.get("fields")))
    new["filterViewId"], new["range"] = held["filterViewId"], {"sheetId": sheet.id, **(new.get("range") or {})}
    _home(desk, new["range"])
    _replace(sheet, "filter_views", held, new)


@request("deleteFilterView")
def delete_filter_view(desk: Desk, body: Json) -> None:
    sheet, held = _found(desk, "filter_views", "filterViewId", body["filterId"])
    sheet.filter_views.remove(held)


# ---- banding


@request("addBanding")
def add_banding(desk: Desk, body: Json) -> Json:
    given = masks.clean(body["bandedRange"])
    sheet, box = desk.box(given["range"])
    if any(sheet.box(held["range"]).meets(box) for held in sheet.banding):
        raise bad("You cannot add alternating background colors to a range that already has them.")
    held = {**given, "bandedRangeId": _chosen(desk, "banding", "bandedRangeId", given)}
    sheet.banding.append({**held, "range": {"sheetId": sheet.id, **given["range"]}})
    return {"addBanding": {"bandedRange": held}}


@request("updateBanding")
def update_banding(desk: Desk, body: Json) -> None:
    given = masks.clean(body["bandedRange"])
    sheet, held = _found(desk, "banding", "bandedRangeId", given.get("bandedRangeId"))
    new = masks.assigned(held, given, masks.required(body.get("fields")))
    new["range"] = {"sheetId": sheet.id, **new["range"]}
    _replace(sheet, "banding", held, new)


@request("deleteBanding")
def delete_banding(desk: Desk, body: Json) -> None:
    sheet, held = _found(desk, "banding", "bandedRangeId", body["bandedRangeId"])
    sheet.banding.remove(held)
