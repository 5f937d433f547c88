"""Charts of Google's own, in the one typeface and the few colours of the workbook. Pure."""

import json

from halfday_sync.sheets import looks
from halfday_sync.sheets.model import Chart, Page
from halfday_sync.sheets.orders import Area, Json
from halfday_sync.sheets.planning_cells import Now
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, KEYS


def is_drawn(chart: Chart, now: Now) -> bool:
    """Whether the rows and columns are there that a chart shows."""
    columns = (chart.labels, *chart.series)
    return all(key in now.columns.at for key in columns) and all(
        key in now.rows.at for key in (chart.first, chart.last)
    )


def chart_text(chart: Chart, now: Now, sheet_id: int) -> str:
    """What a chart shows and how, as text: with it, one that changed is told from one that did not."""
    return json.dumps(spec(chart, now, sheet_id), sort_keys=True, ensure_ascii=False)


def spec(chart: Chart, now: Now, sheet_id: int) -> Json:
    """A chart as Google writes it (ChartSpec). The figures lie on the axis at the left; of bars, on the one below."""
    figures, points = ("BOTTOM_AXIS", "LEFT_AXIS") if chart.kind == "BAR" else ("LEFT_AXIS", "BOTTOM_AXIS")
    named = len(chart.series) > 1
    colours = looks.chart_colours()
    axis: Json = {"position": figures}
    if chart.least is not None:
        axis["viewWindowOptions"] = {"viewWindowMode": "EXPLICIT", "viewWindowMin": chart.least}
    series = [
        {
            "series": _data(chart, key, now, sheet_id, named=named),
            "targetAxis": figures,
            "colorStyle": {"rgbColor": colours[at % len(colours)].json},
        }
        for at, key in enumerate(chart.series)
    ]
    return {
        "title": chart.title,
        "altText": chart.title,
        "fontName": looks.typeface(),
        "hiddenDimensionStrategy": "SHOW_ALL",
        "titleTextFormat": {"fontSize": 12, "bold": True},
        "basicChart": {
            "chartType": chart.kind,
            "legendPosition": "BOTTOM_LEGEND" if named else "NO_LEGEND",
            "headerCount": 1 if named else 0,
            "axis": [{"position": points}, axis],
            "domains": [{"domain": _data(chart, chart.labels, now, sheet_id, named=named)}],
            "series": series,
        },
    }


def _data(chart: Chart, key: str, now: Now, sheet_id: int, *, named: bool) -> Json:
    """The cells of a column that a chart shows; with its header where the figures need names."""
    column = now.columns.at[key]
    ends = now.rows.at[chart.first], now.rows.at[chart.last]
    areas = [Area(sheet_id, min(ends), max(ends) + 1, column, column + 1)]
    if named:
        header = now.rows.at[HEADERS]
        areas.insert(0, Area(sheet_id, header, header + 1, column, column + 1))
    return {"sourceRange": {"sources": [area.json for area in areas]}}


def anchored(chart: Chart, now: Now, page: Page) -> Json:
    """Where a chart is put when it is made; people may move it."""
    row, column = chart.at[0] + now.rows.at[KEYS], chart.at[1] + now.columns.at[KEY_COLUMN]
    cell = {
        "sheetId": page.sheet_id,
        "rowIndex": min(row, len(now.rows.places) - 1),
        "columnIndex": min(column, len(now.columns.places) - 1),
    }
    return {"overlayPosition": {"anchorCell": cell, "widthPixels": chart.size[0], "heightPixels": chart.size[1]}}
