"""Requests about what belongs to the spreadsheet as a whole: named ranges and developer metadata."""

from tests.google_emulator import masks
from tests.google_emulator.batch import Desk, request
from tests.google_emulator.replies import Json, bad

_MATCHED = ("metadataKey", "metadataValue", "metadataId", "visibility")


@request("addNamedRange")
def add_named_range(desk: Desk, body: Json) -> Json:
    given = body["namedRange"]
    desk.box(given["range"], to_edit=False)
    _check_name(desk, given["name"])
    name_id = given.get("namedRangeId") or str(desk.made.number())
    held = {"namedRangeId": name_id, "name": given["name"], "range": given["range"]}
    desk.content.named.append(held)
    return {"addNamedRange": {"namedRange": {**held, "range": masks.clean(given["range"])}}}


def _check_name(desk: Desk, name: str) -> None:
    if any(held["name"] == name for held in desk.content.named):
        raise bad(f'A named range with the name "{name}" already exists. Please enter another name.')


@request("updateNamedRange")
def update_named_range(desk: Desk, body: Json) -> None:
    given = body["namedRange"]
    held = _named(desk, given.get("namedRangeId"))
    new = masks.assigned(held, given, masks.required(body.get("fields")))
    if new["name"] != held["name"]:
        _check_name(desk, new["name"])
    desk.box(new["range"], to_edit=False)
    held.update(new)


@request("deleteNamedRange")
def delete_named_range(desk: Desk, body: Json) -> None:
    desk.content.named.remove(_named(desk, body["namedRangeId"]))


def _named(desk: Desk, wanted: object) -> Json:
    found = next((held for held in desk.content.named if held["namedRangeId"] == wanted), None)
    if found is None:
        raise bad(f"No named range with id: {wanted}")  # ours
    return found


@request("createDeveloperMetadata")
def create_developer_metadata(desk: Desk, body: Json) -> Json:
    given = masks.clean(body["developerMetadata"])
    location = {**(body["developerMetadata"].get("location") or {})}
    lines = location.get("dimensionRange")
    if lines:
        desk.sheet(lines)
        location["locationType"] = "ROW" if lines["dimension"] == "ROWS" else "COLUMN"
        if lines["endIndex"] - lines.get("startIndex", 0) != 1:
            raise bad("developerMetadata.location.dimensionRange must represent a single row or column")
    elif location.get("spreadsheet"):
        location["locationType"] = "SPREADSHEET"
    else:
        location["sheetId"] = desk.sheet(location).id
        location["locationType"] = "SHEET"
    chosen = given.get("metadataId") or desk.made.number()
    if any(held["metadataId"] == chosen for held in desk.content.metadata):
        raise bad(f"Developer metadata with the id {chosen} already exists.")  # ours
    held = {**given, "metadataId": chosen, "location": location}
    desk.content.metadata.append(held)
    return {"createDeveloperMetadata": {"developerMetadata": held}}


@request("updateDeveloperMetadata")
def update_developer_metadata(desk: Desk, body: Json) -> Json:
    tree = masks.required(body.get("fields"))
    changed = matching(desk.content.metadata, body.get("dataFilters") or [])
    for held in changed:
        held.update(masks.assigned(held, body["developerMetadata"], tree))
    return {"updateDeveloperMetadata": {"developerMetadata": changed}}


@request("deleteDeveloperMetadata")
def delete_developer_metadata(desk: Desk, body: Json) -> Json:
    gone = matching(desk.content.metadata, [body["dataFilter"]])
    for held in gone:
        desk.content.metadata.remove(held)
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone}}


def matching(metadata: list[Json], filters: list[Json]) -> list[Json]:
    """The metadata that any of the lookups finds."""
    lookups = [held.get("developerMetadataLookup") or {} for held in filters]
    return [
        held
        for held in metadata
        if any(all(held.get(key) == asked[key] for key in _MATCHED if key in asked) for asked in lookups)
    ]
