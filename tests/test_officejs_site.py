"""What stands in the add-in's folder: a manifest that never forgets who it is, metadata that Excel's schema allows."""

import ast
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from halfday import reference
from halfday_sync.addins.officejs import hosting, manifest, metadata, site, sources
from halfday_sync.errors import UsageError

ADDRESS = "https://halfday.school.example/attendance"
OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OVERRIDES = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
BASIC = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
PYODIDE = {"pyodide.js": b"", "pyodide.asm.wasm": b""}


@pytest.fixture(scope="module")
def root() -> ET.Element:
    return ET.fromstring(manifest.manifest_xml(ADDRESS))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return site.contents(ADDRESS, PYODIDE)


def test_the_id_is_the_same_for_ever(root: ET.Element) -> None:
    """Workbooks name the add-in by it. If this fails, put the id back: do not change this test."""
    assert root.findtext(f"{OFFICE}Id") == "3093f426-2549-4417-ac3f-303dcd7970a4" == manifest.addin_id()


def test_the_functions_have_no_namespace(root: ET.Element) -> None:
    """With one, ATT_BAND would be SOMETHING.ATT_BAND, and no formula of a tracker would find it."""
    assert not [element for element in root.iter() if element.tag.endswith("Namespace")]


def test_pane_functions_and_python_live_in_one_page(root: ET.Element) -> None:
    runtime = next(root.iter(f"{OVERRIDES}Runtime"))
    assert runtime.attrib == {"resid": "Taskpane.Url", "lifetime": "long"}
    point = next(one for one in root.iter(f"{OVERRIDES}ExtensionPoint") if "CustomFunctions" in str(one.attrib))
    said = {one.tag.removeprefix(OVERRIDES): one[0].get("resid") for one in point}
    assert said["Page"] == "Taskpane.Url"
    action = next(root.iter(f"{OVERRIDES}Action"))
    assert action.find(f"{OVERRIDES}SourceLocation").get("resid") == "Taskpane.Url"  # type: ignore[union-attr]
    wanted = {one.get("Name") for one in root.iter(f"{OFFICE}Set")}
    assert wanted == {"SharedRuntime", "ExcelApi"}


def test_every_address_in_the_manifest_is_of_the_host_and_of_a_file(root: ET.Element, files: dict[str, bytes]) -> None:
    urls = {one.get("DefaultValue", "") for one in root.iter() if "http" in one.get("DefaultValue", "")}
    assert {url.removeprefix(f"{ADDRESS}/") for url in urls} <= files.keys()
    assert "{" not in manifest.manifest_xml(ADDRESS)


def test_every_name_in_the_manifest_is_explained_within_its_length(root: ET.Element) -> None:
    used = {one.get("resid") for one in root.iter() if one.get("resid")}
    defined = {one.get("id"): one for kind in ("Image", "Url", "String") for one in root.iter(f"{BASIC}{kind}")}
    assert used == {name for name in defined if name}
    assert all(len(str(name)) <= 32 for name in defined)
    for most, kind in ((125, "ShortStrings"), (250, "LongStrings")):
        assert all(len(one.get("DefaultValue", "")) <= most for one in next(root.iter(f"{BASIC}{kind}")))


def test_the_parts_of_the_manifest_stand_in_the_order_of_its_schema(root: ET.Element) -> None:
    order = ["Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl"]
    order += ["HighResolutionIconUrl", "SupportUrl", "Hosts", "Requirements", "DefaultSettings", "Permissions"]
    assert [one.tag.split("}")[1] for one in root] == [*order, "VersionOverrides"]


def test_the_version_grows_with_halfday_and_has_four_numbers(root: ET.Element) -> None:
    assert root.findtext(f"{OFFICE}Version") == manifest.version_of(version("halfday"))
    assert manifest.version_of("0.9.3") < manifest.version_of("1.0.0")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://halfday.school.example", "https://halfday.school.example"),
        ("https://halfday.school.example/", "https://halfday.school.example"),
        (" https://WWW.School.example:443/apps/halfday// ", "https://www.school.example/apps/halfday"),
        ("https://localhost:3000", "https://localhost:3000"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
    ],
)
def test_an_address_is_kept_as_the_manifest_needs_it(given: str, kept: str) -> None:
    assert manifest.checked_address(given) == kept


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("http://halfday.school.example", "https://"),
        ("http://localhost:3000", "https://"),
        ("halfday.school.example", "https://"),
        ("https://", "no name of a host"),
        ("https://my school.example", "no name of a host"),
        ("https://school.example:port", "no name of a host"),
        ("https://school.example/a b", "path"),
        ('https://school.example/"><x', "path"),
        ("https://school.example/manifest.xml", "not a file"),
        ("https://school.example/taskpane.html", "not a file"),
        ("https://school.example/?key=1", "?"),
        ("https://school.example/#pane", "#"),
        ("https://me:secret@school.example", "passwords"),
    ],
)
def test_an_address_that_excel_cannot_use_is_refused_with_the_reason(given: str, why: str) -> None:
    with pytest.raises(UsageError) as stop:
        manifest.checked_address(given)
    assert why in " ".join(stop.value.problems)


def test_the_metadata_has_every_function_and_nothing_that_the_schema_does_not_allow() -> None:
    said = json.loads(metadata.functions_json())
    assert said.keys() == {"allowErrorForDataTypeAny", "functions"}
    assert [one["name"] for one in said["functions"]] == [one.name for one in reference.entries()]
    for one, entry in zip(said["functions"], reference.entries(), strict=True):
        assert one.keys() == {"id", "name", "description", "parameters", "result"}
        assert one["id"] == one["name"]
        assert re.fullmatch(r"[A-Z][A-Z0-9_.]*", one["id"])
        for parameter, known in zip(one["parameters"], entry.parameters, strict=True):
            assert parameter["type"] == "any"
            assert parameter["dimensionality"] == ("matrix" if known.table else "scalar")
            assert parameter.get("optional", False) == known.optional
            assert parameter["description"]


def test_the_pane_has_every_function_with_its_example() -> None:
    said = json.loads(metadata.reference_json())["functions"]
    assert [one["example"] for one in said] == [one.example for one in reference.entries()]


def test_the_engine_is_the_engine_alone_and_always_the_same_bytes() -> None:
    assert site.engine_zip() == site.engine_zip()
    with zipfile.ZipFile(io.BytesIO(site.engine_zip())) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {"halfday"}
        assert {"halfday/host.py", "halfday/codes.toml", "halfday/national.toml"} <= set(names)
        for name in names:
            if name.endswith(".py") and name != "halfday/udfs.py":
                outside = _imported(archive.read(name).decode()) - sys.stdlib_module_names - {"halfday"}
                assert not outside, name


def _imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_folder_is_whole_and_has_nothing_of_the_agent(files: dict[str, bytes]) -> None:
    assert not site.missing_parts(files)
    assert {
        "manifest.xml",
        "taskpane.html",
        "functions.js",
        "functions.json",
        "worker.js",
        "READ-ME.txt",
    } <= files.keys()
    assert {"web.config", "_headers", "icons/icon-32.png"} <= files.keys()
    assert not files.keys() & {"pyodide.toml", "engine.js"}
    assert not [name for name in files if "halfday_sync" in name or name.endswith(".py")]
    for data in files.values():
        assert str(Path.home()).encode() not in data or str(Path.home()) == "/"


def test_a_page_that_names_a_file_which_is_not_there_is_found_out(files: dict[str, bytes]) -> None:
    page = files["taskpane.html"].decode().replace("functions.js", "functions2.js")
    assert site.missing_parts(files | {"taskpane.html": page.encode()}) == ["taskpane.html names functions2.js"]


def test_the_page_may_reach_its_own_folder_and_office_js_only(files: dict[str, bytes]) -> None:
    page = files["taskpane.html"].decode()
    (said,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert said == hosting.CONTENT_POLICY
    assert set(re.findall(r"https?://[^\s;]+", said)) == {"https://appsforoffice.microsoft.com"}
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert set(re.findall(r"https?://[^\";\s]+", page)) == {
        "https://appsforoffice.microsoft.com",
        "https://appsforoffice.microsoft.com/lib/1/hosted/office.js",
    }
    assert site.with_policy("<head><title>x</title></head>").startswith('<head>\n<meta http-equiv="Content')


def test_no_script_of_ours_names_an_address_elsewhere() -> None:
    for name, data in sources.published().items():
        if name.endswith(".js"):
            assert b"http" not in data.replace(b"http://www.w3.org", b""), name
    assert "http" not in sources.text("engine.js") + sources.text("functions.js")


def test_hints_for_hosts_are_well_formed_and_say_the_same(files: dict[str, bytes]) -> None:
    config = ET.fromstring(files["web.config"].decode())
    kinds = {one.get("fileExtension"): one.get("mimeType") for one in config.iter("mimeMap")}
    assert kinds[".wasm"] == "application/wasm"
    headers = files["_headers"].decode()
    assert f"Content-Security-Policy: {hosting.CONTENT_POLICY}" in headers
    assert "X-Frame-Options" not in headers + files["web.config"].decode()  # Office shows the page in a frame
    assert "Access-Control-Allow-Origin: *" in headers
    assert ADDRESS in files["READ-ME.txt"].decode()


def test_iis_takes_each_header_from_a_site_above_before_it_adds_its_own(files: dict[str, bytes]) -> None:
    config = ET.fromstring(files["web.config"].decode())
    blocks = list(config.iter("customHeaders"))
    assert len(blocks) == 2
    for block in blocks:
        rows = [(one.tag, one.get("name")) for one in block]
        assert rows[0::2] == [("remove", name) for _, name in rows[1::2]]
        assert {tag for tag, _ in rows[1::2]} == {"add"}


@pytest.mark.parametrize(("address", "at"), [(ADDRESS, "/attendance"), ("https://halfday.school.example", "")])
def test_rules_by_path_begin_at_the_root_of_the_host(address: str, at: str) -> None:
    files = site.contents(address, PYODIDE)
    paths = [line for line in files["_headers"].decode().splitlines() if line.startswith("/")]
    assert paths[:2] == [f"{at}/*", f"{at}/functions.json"]
    assert all(line.removeprefix(f"{at}/") in {"*", *files} for line in paths)
    routes = json.loads(files["staticwebapp.config.json"])["routes"]
    assert [one["route"] for one in routes] == [*paths[1:], f"{at}/*"]  # the first that fits holds


def test_azure_is_told_the_same_as_the_others(files: dict[str, bytes]) -> None:
    said = json.loads(files["staticwebapp.config.json"])
    assert said["mimeTypes"][".wasm"] == "application/wasm"
    for rule in said["routes"]:
        name = rule["route"].removeprefix("/attendance/").replace("*", "worker.js")
        assert {"Content-Type": hosting.headers_for(name)["Content-Type"], **rule["headers"]} == hosting.headers_for(
            name
        )


def test_the_read_me_says_what_stands_behind_the_rule_for_the_worker(files: dict[str, bytes]) -> None:
    said = " ".join(files["READ-ME.txt"].decode().split())
    assert "above all with worker.js: Content-Security-Policy: default-src 'none'" in said
    assert "no rule of the browser stands behind that" in said
    assert max(len(line) for line in files["READ-ME.txt"].decode().splitlines() if "Security-Policy" not in line) <= 120


def test_what_never_changes_under_its_name_is_kept_and_the_rest_is_asked_for(files: dict[str, bytes]) -> None:
    served = [name for name in files if Path(name).suffix in hosting.KINDS]
    kept = {name for name in served if "immutable" in hosting.headers_for(name)["Cache-Control"]}
    assert kept == {name for name in served if name.startswith(("pyodide-", "halfday-"))}
    assert len(kept) == 3


def test_the_read_me_has_lines_for_apache_and_nginx_and_nothing_to_do_in_excel(files: dict[str, bytes]) -> None:
    said = files["READ-ME.txt"].decode()
    policy = hosting.CONTENT_POLICY
    assert "Nobody does anything in Excel.\n" in said
    assert f'    Header always set Content-Security-Policy "{policy}"' in said
    assert said.count(f'add_header Content-Security-Policy "{policy}" always;') == 2
    assert "AddType application/wasm .wasm" in said
    assert hosting.nginx_config("https://a.example/halfday").startswith("    location /halfday/ {")
