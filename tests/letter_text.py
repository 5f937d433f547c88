"""A Word file as text: its head, its paragraphs and tables in order, its foot."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.table import Table


def text_of(data: bytes) -> str:
    """Everything that a reader of the letter sees, a line a paragraph, cells between bars."""
    document = Document(BytesIO(data))
    section = document.sections[0]
    head, foot = section.first_page_header, section.first_page_footer
    parts = [*_lines(head), "", *_lines(document), "", *_lines(foot)]
    return "\n".join(parts).strip("\n") + "\n"


def body_of(data: bytes) -> str:
    """The letter without its head and foot."""
    return "\n".join(_lines(Document(BytesIO(data))))


def _lines(part: Any) -> Iterator[str]:
    for block in part.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = [" / ".join(filter(None, cell.text.split("\n"))) for cell in row.cells]
                if any(cells):
                    yield f"| {' | '.join(cells)} |"
        elif block.text.strip():
            style = block.style.name
            mark = {"Heading 1": "# ", "Heading 2": "## ", "List Bullet": "- "}.get(style, "")
            yield f"{mark}{block.text}"
