"""The parts of a workbook that bring up an Office.js add-in when the workbook is opened.

They are laid out as Excel saves them ([MS-OWEXML]). XlsxWriter has no such parts, so they are added to its file.
"""

from uuid import UUID, uuid5
from xml.sax.saxutils import quoteattr

from halfday_sync.workbook.flavour import WebExtension
from halfday_sync.workbook.package import ROOT_RELS, TYPES, part, rewritten

EXTENSION = "xl/webextensions/webextension1.xml"
PANES = "xl/webextensions/taskpanes.xml"
_PANES_RELS = "xl/webextensions/_rels/taskpanes.xml.rels"
_PREFIX = "_xldudf_"
_WIDE = 350
"""Points: what Excel gives a new pane itself."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.microsoft.com/office"
_RELS = f"{_OFFICE}/2011/relationships"
_KIND = "application/vnd.ms-office."
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_HAS_FUNCTIONS = "{D87F86FE-615C-45B5-9D79-34F1136793EB}"
_FUNCTION_IDS = "{7C84B067-C214-45C3-A712-C9D94CD141B2}"


def with_web_extension(data: bytes, extension: WebExtension) -> bytes:
    """A workbook that brings up the add-in; the same workbook and add-in give the same bytes."""
    types, rels = part(data, TYPES).decode(), part(data, ROOT_RELS).decode()
    override = "".join(
        f'<Override PartName="/{name}" ContentType="{_KIND}{kind}+xml"/>'
        for name, kind in ((PANES, "webextensiontaskpanes"), (EXTENSION, "webextension"))
    )
    pane = f'<Relationship Id="rIdPane" Type="{_RELS}/webextensiontaskpanes" Target="{PANES}"/>'
    changed = {
        TYPES: types.replace("</Types>", f"{override}</Types>"),
        ROOT_RELS: rels.replace("</Relationships>", f"{pane}</Relationships>"),
        EXTENSION: _extension(extension),
        PANES: _panes(),
        _PANES_RELS: _panes_rels(),
    }
    return rewritten(data, {name: text.encode() for name, text in changed.items()})


def _extension(said: WebExtension) -> str:
    """Which add-in, where its manifest is, and which functions it answers."""
    own = str(uuid5(UUID(said.manifest_id), "the tracker")).upper()
    where = f"store={quoteattr(said.store)} storeType={quoteattr(said.store_type)}"
    ids = "".join(f"<we:customFunctionIds>{_PREFIX}{name}</we:customFunctionIds>" for name in sorted(said.functions))
    return (
        f'{_HEAD}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" id="{{{own}}}">'
        f"<we:reference id={quoteattr(said.manifest_id)} version={quoteattr(said.version)} {where}/>"
        '<we:alternateReferences/><we:properties><we:property name="Office.AutoShowTaskpaneWithDocument" value="true"/>'
        f'</we:properties><we:bindings/><we:snapshot xmlns:r="{_REL}"/><we:extLst>'
        f'<a:ext xmlns:a="{_DRAWING}" uri="{_HAS_FUNCTIONS}"><we:containsCustomFunctions/></a:ext>'
        f'<a:ext xmlns:a="{_DRAWING}" uri="{_FUNCTION_IDS}"><we:customFunctionIdList>{ids}</we:customFunctionIdList>'
        "</a:ext></we:extLst></we:webextension>"
    )


def _panes() -> str:
    """The task pane on the right. It opens for those who have the add-in; nobody else is asked to install one."""
    return (
        f'{_HEAD}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11">'
        f'<wetp:taskpane dockstate="right" visibility="0" width="{_WIDE}" row="0">'
        f'<wetp:webextensionref xmlns:r="{_REL}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
    )


def _panes_rels() -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE_REL}">'
        f'<Relationship Id="rId1" Type="{_RELS}/webextension" Target="webextension1.xml"/></Relationships>'
    )
