"""What is read, and how often."""

from tests.google_facts.desk import Desk


def cells_come_only_when_they_are_asked_for(at: Desk) -> None:
    at.write("A1", [["a"]])
    assert "data" not in at.given("GET", at.sheets)["sheets"][0]
    assert "data" not in at.given("GET", at.sheets, includeGridData="false")["sheets"][0]
    (block,) = at.given("GET", at.sheets, includeGridData="true")["sheets"][0]["data"]
    assert block["rowData"][0]["values"][0]["formattedValue"] == "a"


def a_mask_decides_whether_cells_come(at: Desk) -> None:
    at.write("A1", [["a"]])
    told = at.given("GET", at.sheets, fields="sheets(properties(title))", includeGridData="true")
    assert told == {"sheets": [{"properties": {"title": "Sheet1"}}]}
    told = at.given("GET", at.sheets, fields="sheets(data(rowData(values(formattedValue))))", includeGridData="false")
    assert told == {"sheets": [{"data": [{"rowData": [{"values": [{"formattedValue": "a"}]}]}]}]}


def an_answer_holds_what_its_mask_asks_for(at: Desk) -> None:
    at.write("A1", [["a", 1]])
    assert at.get("spreadsheetId") == {"spreadsheetId": at.book}
    mask = "sheets.data.rowData.values.userEnteredValue"
    cells = [{"userEnteredValue": {"stringValue": "a"}}, {"userEnteredValue": {"numberValue": 1}}]
    assert at.get(mask) == at.get(mask.replace(".", "/")) == {"sheets": [{"data": [{"rowData": [{"values": cells}]}]}]}
    assert set(at.given("GET", at.sheets, fields="*")) >= {"spreadsheetId", "properties", "sheets", "spreadsheetUrl"}


def a_mask_that_leads_nowhere_is_refused(at: Desk) -> None:
    for mask, path in (
        ("sheets.sheetProperties", "sheets.sheetProperties"),
        ("sheets(properties,protectedRange)", "sheets.protectedRange"),
        ("properties, sheets.properties", " sheets.properties"),
    ):
        answer = at.ask("GET", at.sheets, fields=mask)
        assert answer.status == 400
        assert answer.words == "Request contains an invalid argument."
        (violation,) = answer.error["details"][0]["fieldViolations"]
        words = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
        assert violation["description"] == words


def past_the_quota_google_says_which(at: Desk) -> None:
    at.google.quota = 2
    assert [at.write("A1", [["x"]]).status for _ in range(3)] == [200, 200, 429]
    error = at.write("A1", [["x"]]).error
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["message"].startswith(
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:"
    )
    (info,) = error["details"]
    assert (info["reason"], info["metadata"]["quota_limit"]) == ("RATE_LIMIT_EXCEEDED", "WriteRequestsPerMinutePerUser")
    assert info["metadata"]["quota_metric"] == "sheets.googleapis.com/write_requests"


def a_quota_is_full_again_after_a_minute(at: Desk) -> None:
    at.google.quota = 2
    assert [at.write("A1", [["x"]]).status for _ in range(3)] == [200, 200, 429]
    assert [at.ask("GET", at.sheets).status for _ in range(3)] == [200, 200, 429], "reads are counted apart"
    at.clock.now += 30
    assert at.write("A1", [["x"]]).status == 429
    at.clock.now += 31
    assert [at.write("A1", [["x"]]).status for _ in range(3)] == [200, 200, 429]
    assert at.ask("GET", at.sheets).status == 200
