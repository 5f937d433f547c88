"""The summary: the headline, stages and bands, year groups, classes, the policy's groups, and the weeks of the year."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from halfday_sync.mirroring import findings
from halfday_sync.mirroring.content import Block, Content, Of, header, heading, notes, row, space
from halfday_sync.mirroring.figures import Figures, share
from halfday_sync.mirroring.groups import CLASSES, OTHERS, YEARS, GroupFigure, group_figures
from halfday_sync.mirroring.headline import Headline
from halfday_sync.mirroring.suppression import LEAST
from halfday_sync.sheets.model import Row, Value
from halfday_sync.workbook.pupil_words import stage_text

_FEWER = f"fewer than {LEAST}"
_HIDDEN = "not shown"
_GROUPS = {YEARS: "Year groups", CLASSES: "Classes", OTHERS: "Other groups"}
_GROUP_HEADERS = {
    "figure": "This year",
    "children": "Children",
    "target": "Half term",
    "gap": "Gap to school",
    "compare": "Persistently absent",
}
_SMALL = f"In groups, figures and counts of fewer than {LEAST} children are not shown, nor what would give them away."


def summary(of: Of) -> Content:
    """The rows of the page and the blocks for its charts."""
    figures = Figures(of.view)
    headline = Headline.of(figures, of.benchmark)
    groups = group_figures(figures)
    rows: list[Row] = [*headline.rows(), *notes("headline", "label", headline.notes())]
    blocks: dict[str, Block] = {}
    for name, title, shown, finding in (
        ("stages", "Stages", [*_stages(figures)], findings.of_stages(_stage_counts(figures), len(figures.here))),
        ("bands", "Bands", [*_bands(figures)], findings.of_bands(_band_counts(figures))),
    ):
        _add(rows, blocks, name, title, {"figure": "Share", "children": "Children"}, shown, finding)
    ytd = figures.of("ytd")
    school = Fraction(100 * ytd.attended, ytd.possible) if ytd.possible else None
    for name, title in _GROUPS.items():
        found = [one for one in groups if one.block == name]
        finding = findings.of_years(found, school) if name == YEARS else ""
        _add(rows, blocks, name, title, _GROUP_HEADERS, [_group(one, school) for one in found], finding)
    rows += notes("groups", "label", [_SMALL])
    finding = findings.of_weeks(figures.half_terms, headline.target)
    heads = {"figure": "Attendance", "target": "Target", "children": "Sessions"}
    _add(rows, blocks, "weeks", "School weeks", heads, [*_weeks(figures, headline.target)], finding)
    return Content(tuple(rows), blocks)


def _add(
    rows: list[Row],
    blocks: dict[str, Block],
    name: str,
    title: str,
    headers: Mapping[str, str],
    shown: Sequence[Row],
    finding: str,
) -> None:
    """A block: its heading, headers and rows; nothing where there are none."""
    if shown:
        rows += [space(f"{name}:space"), heading(f"{name}:heading", "label", title)]
        rows += [header(f"{name}:header", headers), *shown]
        blocks[name] = Block(shown[0].key, shown[-1].key, finding)


# --- Stages and bands -------------------------------------------------------------------------------------------------


def _stage_counts(figures: Figures) -> dict[str, int]:
    return {
        stage_text(rung.number): sum(one.stage == rung.number for one in figures.here)
        for rung in figures.view.policy.stages
    }


def _band_counts(figures: Figures) -> dict[str, int]:
    return {band.name: sum(one.band == band.name for one in figures.here) for band in figures.view.policy.bands}


def _stages(figures: Figures) -> Iterator[Row]:
    children = len(figures.here)
    for rung, (label, count) in zip(figures.view.policy.stages, _stage_counts(figures).items(), strict=True):
        values = {"label": label, "figure": share(count, children), "children": count, "words": rung.name}
        yield row(f"stages:{rung.number}", values)


def _bands(figures: Figures) -> Iterator[Row]:
    children = len(figures.here)
    for at, (label, count) in enumerate(_band_counts(figures).items(), 1):
        yield row(f"bands:{at}", {"label": label, "figure": share(count, children), "children": count})


# --- Groups and weeks -------------------------------------------------------------------------------------------------


def _group(one: GroupFigure, school: Fraction | None) -> Row:
    values: dict[str, Value] = {"label": one.title}
    if one.year is None or one.half_term is None:
        values["children"] = _FEWER if one.is_small else _HIDDEN
    else:
        values |= {
            "figure": share(one.year.attended, one.year.possible),
            "children": one.children,
            "target": share(one.half_term.attended, one.half_term.possible),
            "compare": one.persistent if one.persistent is not None else _FEWER if one.few else _HIDDEN,
        }
        if one.year.possible and school is not None:
            values["gap"] = float(Fraction(100 * one.year.attended, one.year.possible) - school)
    return row(f"{one.block}:{one.title}", values, {"compare": "whole"})


def _weeks(figures: Figures, target: Fraction | None) -> Iterator[Row]:
    for week in figures.weeks:
        values: dict[str, Value] = {
            "label": f"{week.start.day} {week.start:%b}",
            "figure": week.share,
            "children": week.possible,
            "target": None if target is None else float(target / 100),
        }
        yield row(f"weeks:{week.start}", values)
