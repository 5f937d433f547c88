"""What hangs on a tab: charts, filter views, protections, rules for colours, merges, metadata."""

from tests.google_facts.desk import Desk, area, text, update

OTHER = "head@larkfield.example"
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)
OVERLAY = {"anchorCell": {"sheetId": 0, "rowIndex": 2, "columnIndex": 3}, "widthPixels": 300, "heightPixels": 200}


def _chart(title: str, **more: object) -> dict[str, object]:
    values = {"sourceRange": {"sources": [area(0, 5, 1, 2)]}}
    spec = {"title": title, "basicChart": {"chartType": "COLUMN", "series": [{"series": values}]}}
    return {"spec": spec, "position": {"overlayPosition": OVERLAY}, **more}


def a_tab_may_bring_its_number(at: Desk) -> None:
    (reply,) = at.batch({"addSheet": {"properties": {"sheetId": 77, "title": "Chosen"}}})
    assert reply["addSheet"]["properties"]["sheetId"] == 77
    at.refused({"addSheet": {"properties": {"sheetId": 77, "title": "Again"}}})
    assert [tab["properties"]["sheetId"] for tab in at.get("sheets(properties(sheetId))")["sheets"]] == [0, 77]


def a_chart_may_bring_its_number(at: Desk) -> None:
    (reply,) = at.batch({"addChart": {"chart": _chart("One", chartId=77)}})
    assert reply["addChart"]["chart"]["chartId"] == 77
    at.refused({"addChart": {"chart": _chart("Two", chartId=77)}})
    assert at.tab("charts(chartId,spec(title))")["charts"] == [{"chartId": 77, "spec": {"title": "One"}}]


def a_filter_view_may_bring_its_number(at: Desk) -> None:
    view = {"filterViewId": 77, "title": "Mine", "range": area(0, 5, 0, 3)}
    (reply,) = at.batch({"addFilterView": {"filter": view}})
    assert reply["addFilterView"]["filter"]["filterViewId"] == 77
    at.refused({"addFilterView": {"filter": {**view, "title": "Other"}}})
    assert at.tab("filterViews(filterViewId,title)")["filterViews"] == [{"filterViewId": 77, "title": "Mine"}]


def a_protected_range_may_bring_its_number(at: Desk) -> None:
    held = {"protectedRangeId": 77, "range": area(0, 5, 0, 3)}
    (reply,) = at.batch({"addProtectedRange": {"protectedRange": held}})
    assert reply["addProtectedRange"]["protectedRange"]["protectedRangeId"] == 77
    at.refused({"addProtectedRange": {"protectedRange": held}})
    assert at.tab("protectedRanges(protectedRangeId)")["protectedRanges"] == [{"protectedRangeId": 77}]


def a_chart_gets_another_specification_where_it_is(at: Desk) -> None:
    at.batch({"addChart": {"chart": _chart("Before", chartId=77)}})
    at.batch({"updateChartSpec": {"chartId": 77, "spec": _chart("After")["spec"]}})
    (chart,) = at.tab("charts")["charts"]
    assert chart["spec"]["title"] == "After"
    assert chart["position"]["overlayPosition"]["widthPixels"] == 300
    assert chart["position"]["overlayPosition"]["anchorCell"]["rowIndex"] == 2


def a_chart_goes_by_its_number(at: Desk) -> None:
    at.batch({"addChart": {"chart": _chart("One", chartId=77)}}, {"addChart": {"chart": _chart("Two", chartId=78)}})
    at.batch({"deleteEmbeddedObject": {"objectId": 77}})
    assert at.tab("charts(chartId)")["charts"] == [{"chartId": 78}]
    at.refused({"deleteEmbeddedObject": {"objectId": 77}})


def a_filter_view_changes_by_its_mask_and_goes_by_its_number(at: Desk) -> None:
    shows = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["x"]}}]
    view = {"filterViewId": 77, "title": "Mine", "range": area(0, 5, 0, 3), "filterSpecs": shows}
    at.batch({"addFilterView": {"filter": view}})
    new = {"filterViewId": 77, "title": "Renamed", "filterSpecs": []}
    at.batch({"updateFilterView": {"filter": new, "fields": "title"}})
    (held,) = at.tab("filterViews(title,filterSpecs(filterCriteria))")["filterViews"]
    assert held == {"title": "Renamed", "filterSpecs": [{"filterCriteria": {"hiddenValues": ["x"]}}]}
    at.batch({"deleteFilterView": {"filterId": 77}})
    assert "filterViews" not in at.tab("properties,filterViews")


def a_chart_moves_by_the_fields_of_its_position(at: Desk) -> None:
    at.batch({"addChart": {"chart": _chart("One", chartId=77)}})
    new = {"overlayPosition": {"widthPixels": 500, "heightPixels": 1}}
    at.batch({"updateEmbeddedObjectPosition": {"objectId": 77, "newPosition": new, "fields": "widthPixels"}})
    (chart,) = at.tab("charts(spec(title),position)")["charts"]
    assert chart["spec"]["title"] == "One"
    overlay = chart["position"]["overlayPosition"]
    assert (overlay["widthPixels"], overlay["heightPixels"], overlay["anchorCell"]["rowIndex"]) == (500, 200, 2)


# ---- protections


def _protect(at: Desk, **more: object) -> None:
    """The owner of the spreadsheet protects its tab; then a writer comes."""
    at.batch({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}, **more}}})
    at.join("writer")


def a_protected_cell_refuses_those_who_are_not_its_editors(at: Desk) -> None:
    at.write("A1", [["kept"]])
    at.batch({"addProtectedRange": {"protectedRange": {"range": area(0, 1, 0, 1), "editors": {"users": [OTHER]}}}})
    at.join("writer")
    assert at.refused(update([[text("x")]])).endswith(PROTECTED)
    answer = at.write("A1", [["x"]])
    assert (answer.status, answer.words.endswith(PROTECTED)) == (400, True)
    assert at.write("B1", [["beside it"]]).status == 200
    at.join("writer", email=OTHER)
    assert at.write("A1", [["by an editor"]]).status == 200
    assert at.values() == [["by an editor", "beside it"]]


def one_protected_cell_refuses_the_whole_batch(at: Desk) -> None:
    at.batch({"addProtectedRange": {"protectedRange": {"range": area(0, 1, 0, 1)}}})
    at.join("writer")
    assert at.refused(update([[text("x")]], rowIndex=5), update([[text("x")]])).endswith(PROTECTED)
    assert at.values() == []


def unprotected_ranges_of_a_protected_tab_are_open(at: Desk) -> None:
    _protect(at, unprotectedRanges=[area(1, 9, 2, 3)])
    assert at.write("C2", [["open"]]).status == 200
    assert [at.write(where, [["x"]]).status for where in ("C1", "D2", "C10", "A1")] == [400] * 4
    assert at.write("C9", [["open"], ["not open"]]).status == 400
    assert at.values("C1:C10") == [[], ["open"]]


def only_a_protected_tab_may_leave_ranges_open(at: Desk) -> None:
    held = {"range": area(0, 5, 0, 5), "unprotectedRanges": [area(1, 2, 1, 2)]}
    at.refused({"addProtectedRange": {"protectedRange": held}})
    assert "protectedRanges" not in at.tab("properties,protectedRanges")


def a_warning_refuses_nobody(at: Desk) -> None:
    _protect(at, warningOnly=True)
    assert at.write("A1", [["written"]]).status == 200
    assert at.values() == [["written"]]


def a_warning_takes_no_editors(at: Desk) -> None:
    held = {"range": {"sheetId": 0}, "warningOnly": True, "editors": {"users": [OTHER]}}
    words = at.refused({"addProtectedRange": {"protectedRange": held}})
    assert words.endswith("ProtectedRange is warningOnly. Editors cannot be set on it.")


def a_protection_changes_by_its_editors_hands(at: Desk) -> None:
    at.batch({"addProtectedRange": {"protectedRange": {"protectedRangeId": 77, "range": {"sheetId": 0}}}})
    new = {"protectedRangeId": 77, "unprotectedRanges": [area(0, 1, 0, 1)], "description": "not asked for"}
    at.batch({"updateProtectedRange": {"protectedRange": new, "fields": "unprotectedRanges"}})
    (held,) = at.tab("protectedRanges(unprotectedRanges(endRowIndex),description)")["protectedRanges"]
    assert held == {"unprotectedRanges": [{"endRowIndex": 1}]}
    at.join("writer")
    at.refused({"updateProtectedRange": {"protectedRange": new, "fields": "description"}})
    at.refused({"deleteProtectedRange": {"protectedRangeId": 77}})
    assert (at.write("A1", [["open"]]).status, at.write("A2", [["shut"]]).status) == (200, 400)


def a_protected_tab_keeps_its_shape(at: Desk) -> None:
    at.batch({"addSheet": {"properties": {"sheetId": 9, "title": "Other"}}})
    _protect(at, unprotectedRanges=[area(0, 9, 0, 2)])
    line = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    for request in (
        {"insertDimension": {"range": line}},
        {"deleteDimension": {"range": line}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Mine"}, "fields": "title"}},
        {"deleteSheet": {"sheetId": 0}},
    ):
        assert at.refused(request).endswith(PROTECTED)
    at.batch({"deleteSheet": {"sheetId": 9}})


def what_hangs_on_a_tab_moves_with_its_rows(at: Desk) -> None:
    at.batch(
        {"addProtectedRange": {"protectedRange": {"range": area(2, 5, 0, 1)}}},
        {"addConditionalFormatRule": {"rule": _rule("x")}},
        {"addFilterView": {"filter": {"title": "Mine", "range": area(2, 5, 0, 3)}}},
        {"addChart": {"chart": _chart("One", chartId=77)}},
    )
    at.batch({"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 4}}})
    tab = at.tab("protectedRanges(range),conditionalFormats(ranges),filterViews(range),charts(spec)")
    drawn = tab["charts"][0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    held = (*(one["range"] for kind in ("protectedRanges", "filterViews") for one in tab[kind]), *drawn)
    assert [(one["startRowIndex"], one["endRowIndex"]) for one in held] == [(6, 9), (6, 9), (4, 9)]
    assert tab["conditionalFormats"][0]["ranges"][0]["startRowIndex"] == 4


# ---- rules for colours, merges


def _rule(word: str) -> dict[str, object]:
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": word}]}
    look = {"backgroundColor": {"red": 1}}
    return {"ranges": [area(0, 5, 0, 1)], "booleanRule": {"condition": condition, "format": look}}


def _words(at: Desk) -> list[str]:
    rules = at.tab("properties,conditionalFormats(booleanRule(condition))").get("conditionalFormats", [])
    return [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in rules]


def rules_for_colours_keep_their_order(at: Desk) -> None:
    at.batch(
        {"addConditionalFormatRule": {"rule": _rule("first")}},
        {"addConditionalFormatRule": {"rule": _rule("last"), "index": 1}},
        {"addConditionalFormatRule": {"rule": _rule("between"), "index": 1}},
        {"addConditionalFormatRule": {"rule": _rule("before")}},
    )
    assert _words(at) == ["before", "first", "between", "last"]
    at.batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}})
    assert _words(at) == ["before", "between", "last"]
    at.batch({"updateConditionalFormatRule": {"index": 1, "rule": _rule("other")}})
    assert _words(at) == ["before", "other", "last"]


def a_rule_for_colours_that_is_not_there_cannot_be_deleted(at: Desk) -> None:
    at.batch({"addConditionalFormatRule": {"rule": _rule("only")}})
    words = at.refused({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}})
    assert words.endswith("No conditional format on sheet: 0 at index: 1")


def merged_cells_keep_the_first_value(at: Desk) -> None:
    at.write("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    at.batch({"mergeCells": {"range": area(0, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    assert at.values() == [["a"], [], ["e", "f"]]
    at.batch({"unmergeCells": {"range": area(0, 2, 0, 2)}})
    assert at.values() == [["a"], [], ["e", "f"]]


# ---- metadata


def _mark(key: str, **place: object) -> dict[str, object]:
    held = {"metadataKey": key, "metadataValue": "1", "visibility": "PROJECT", "location": place}
    return {"createDeveloperMetadata": {"developerMetadata": held}}


def _marked(at: Desk, key: str) -> list[dict[str, object]]:
    asked = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": key}}]}
    told = at.given("POST", f"{at.sheets}/developerMetadata:search", asked)
    return [held["developerMetadata"] for held in told.get("matchedDeveloperMetadata", [])]


def developer_metadata_stay_with_their_row(at: Desk) -> None:
    line = {"sheetId": 0, "dimension": "ROWS", "startIndex": 4, "endIndex": 5}
    at.batch(_mark("pupil", dimensionRange=line), _mark("tab", sheetId=0))
    at.batch({"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}}})
    (held,) = _marked(at, "pupil")
    place = held["location"]
    assert isinstance(place, dict)
    assert (place["locationType"], place["dimensionRange"]["startIndex"]) == ("ROW", 6)
    assert (held["metadataValue"], len(_marked(at, "tab")), _marked(at, "other")) == ("1", 1, [])


def developer_metadata_go_with_their_tab(at: Desk) -> None:
    line = {"sheetId": 9, "dimension": "ROWS", "startIndex": 4, "endIndex": 5}
    at.batch({"addSheet": {"properties": {"sheetId": 9}}}, _mark("row", dimensionRange=line), _mark("tab", sheetId=9))
    at.batch({"deleteSheet": {"sheetId": 9}})
    assert (_marked(at, "row"), _marked(at, "tab")) == ([], [])
