"""Names, values, statements and words from outside are text: in pages, tables, records and the browser."""

import base64
import csv
import io
import json
import re
import shutil
import subprocess

import hostile as hostile_audit
import pytest
from html_tree import read

pytestmark = pytest.mark.whole

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PROSE = ("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "caption", "figcaption", "title")
FORBIDDEN = ("script", "link", "iframe", "object", "embed", "form", "base", "svg", "video", "audio", "input")


def broken_out(page):
    """Return everything on a page that could run, fetch or restyle."""
    found = [node.tag for node in page.all(*FORBIDDEN)]
    for node in page.walk():
        found += [f"{node.tag}@{name}" for name in node.attrs if name.startswith("on") or name == "style"]
        for name in ("src", "href", "srcset", "action", "data", "poster", "background", "xlink:href"):
            address = node[name]
            if address and not address.startswith(("#", "data:image/svg+xml;base64,")):
                found.append(f"{node.tag}@{name}={address[:40]}")
    return found


@pytest.mark.parametrize(
    "payload",
    [
        "<script>x</script>", '<p onclick="x">y</p>', '<p style="x">y</p>', '<img src="http://x.invalid/">',
        '<a href="javascript:x">y</a>', '<img src="data:text/html,x">', "<svg></svg>",
    ],
)  # fmt: skip
def test_what_breaks_out_is_seen(payload):
    assert broken_out(read(f"<html><body>{payload}</body></html>"))


def test_nothing_breaks_out(edition):
    assert broken_out(edition.page) == []
    policies = [node for node in edition.page.all("meta") if node["http-equiv"] == "Content-Security-Policy"]
    assert len(policies) == 1
    assert policies[0]["content"].startswith("default-src 'none'; ")
    assert len(edition.page.all("style")) == 1


def test_pictures_hold_shapes_alone(edition):
    shapes = {"svg", "metadata", "defs", "style", "g", "path", "use", "clippath", "rect", "pattern"}
    shapes |= {"rdf:rdf", "cc:work", "dc:type", "dc:format", "dc:date", "dc:creator", "cc:agent", "dc:title"}
    for image in edition.page.all("img"):
        picture = read(base64.b64decode(image["src"].partition(",")[2], validate=True).decode())
        assert {node.tag for node in picture.all()} <= shapes
        for node in picture.all():
            assert node["href"].startswith("#") or not node["href"]
            assert node["xlink:href"].startswith("#") or not node["xlink:href"]
            assert not [name for name in node.attrs if name.startswith("on")]
        assert picture.text in {"", "*{stroke-linejoin: round; stroke-linecap: butt}"}


def test_payloads_are_read_as_text(hostile):
    shown = hostile.restricted.page.text
    assert [payload for payload in hostile_audit.VISIBLE if payload not in shown] == []


def test_templates_do_not_reach_into_names(hostile):
    for each in hostile.editions:
        for node in each.page.all("bdi", *PROSE):
            assert node.text != "49"
            assert not re.search(r"\b(?:were|was|Were) 49\b", node.text)
        assert "{{7*7}}" in each.page.text
        assert "{% raw %}" in each.page.text


def test_nothing_invisible_is_left(hostile):
    """Controls, direction overrides and private characters appear by their code points."""
    for each in hostile.editions:
        for text in (each.html, *each.paper):
            assert not re.findall(
                "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text
            )


def test_identifiers_never_come_from_names(hostile):
    for each in hostile.editions:
        names = [node["id"] for node in each.page.walk() if node["id"]]
        assert "m-000000000000" not in names
        assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in names)
        assert all(re.fullmatch(r"[a-z]+(/[a-z]+)?[-.a-z0-9]*", name) for name in each.files)


def test_a_group_called_nan_or_no_is_a_group(hostile):
    rates = {
        measure["dimensions"].get("group"): measure
        for measure in hostile.restricted.measures
        if measure["metric"] == "selection_rate" and "groups_left_out" not in measure["dimensions"]
    }
    counted = hostile_audit.sample()[hostile_audit.TURNED].value_counts()
    for group in ("nan", "None", "NO", hostile_audit.SMALL_GROUP):
        assert rates[group]["n"] == counted[group]
    assert None not in rates


def formulas(text):
    cells = (cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row)
    return [cell for cell in cells if cell and cell[0] in "=+-@\t\r\n\0＝＋－＠" and not is_number(cell)]


def is_number(cell):
    return re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", cell) is not None


@pytest.mark.parametrize("cell", ["=1+1", "+x", "-x", "@SUM(1)", "-1+1", "\t=1", '"\r=1"', "＝1"])
def test_formulas_are_seen(cell):
    assert formulas(f"a,{cell}\r\n")


def test_no_cell_is_a_formula(edition):
    tables = {name: path for name, path in edition.files.items() if name.endswith(".csv")}
    assert tables
    for name, path in tables.items():
        text = path.read_bytes().decode()
        assert formulas(text) == [], name
        assert len({len(row) for row in csv.reader(io.StringIO(text, newline=""))}) == 1, name


def test_records_are_strict_json(edition):
    def refuse(constant):
        raise ValueError(constant)

    for file in ("bundle.json", "verdicts.json", "environment.json", "human.json"):
        assert json.loads(edition.bytes(file), parse_constant=refuse)


def test_no_path_of_this_machine(edition):
    where = str(edition.folder.parents[1]).encode()
    for name, path in edition.files.items():
        assert where not in path.read_bytes(), name
    assert not any(str(edition.folder.parents[1]) in text for text in edition.paper)


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_a_browser_reads_the_same_page(hostile, tmp_path):
    """Another parser, with the policy in force: the same text, nothing refused, nothing run."""
    shown = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", f"--user-data-dir={tmp_path}",
         "--dump-dom", (hostile.restricted.folder / "packet.html").as_uri()],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert b"CONSOLE" not in shown.stderr
    page = read(shown.stdout.decode())
    assert broken_out(page) == []
    assert page.blocks() == hostile.restricted.page.blocks()
