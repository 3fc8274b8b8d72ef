"""Pictures: the same bytes twice, no date, no label off the sheet, whatever the labels are."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from explainaudit.charts import forest, interval_dots, paired_bars, share_bars
from explainaudit.charts.canvas import WIDTH_MM, Rows, drawable, style, width_mm, wrapped
from explainaudit.charts.fonts import FACES, covered, font_file

LABELS = [
    "income",
    "$a$ \\frac",
    "a_name_without_any_space_that_is_longer_than_sixty_characters_in_all",
    "中文",
    "<script>",
    "",
]
VALUES = [0.4, 0.3, None, -0.2, 0.1, 0.0]
LOWS = [0.3, 0.2, None, -0.4, 0.0, None]
HIGHS = [0.5, 0.4, None, 0.0, 0.2, None]


def draw_dots():
    return interval_dots(
        LABELS, VALUES, LOWS, HIGHS, x_label="mean (log-odds)", reference_lines=[(0.1, "all")],
        value_labels=["0.400 (0.3 to 0.5)"] * 6,
    )  # fmt: skip


def draw_forest(**changes):
    words = {
        "criterion": (0.8, "criterion 0.80"),
        "one": "equal rates",
        "x_label": "ratio",
        "muted": [False, True] * 3,
    }
    return forest(
        LABELS,
        [0.7, 1.0, None, 0.9, 1.2, 0.5],
        [0.5, None, None, 0.0, 1.0, 0.4],
        [0.9, None, None, 1.1, 1.5, 0.6],
        **{**words, **changes},
    )


def draw_pair():
    return paired_bars(LABELS, VALUES, VALUES[::-1], labels=("SHAP", "LIME"), lime_spread=[0.1] * 6)


def draw_shares():
    return share_bars(LABELS, [0.4, 0.3, None, 0.2, 0.1, 0.0], x_label="share", value_labels=["x"] * 6)


DRAWINGS = [draw_dots, draw_forest, draw_pair, draw_shares]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_the_same_bytes_twice(draw):
    first = draw()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        assert draw() == first


@pytest.mark.parametrize("draw", DRAWINGS)
def test_no_date_no_tool_no_address_fetched(draw):
    svg = draw()
    assert "dc:date" not in svg
    assert "<text" not in svg  # outlines: no font is needed to read it
    hrefs = re.findall(r'href="([^"]*)"', svg)
    assert all(href.startswith("#") for href in hrefs)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_it_is_svg_of_the_text_blocks_width(draw):
    root = ET.fromstring(draw())  # noqa: S314 - our own drawing
    assert root.tag.endswith("svg")
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(WIDTH_MM * 72 / 25.4, abs=0.01)


@pytest.mark.parametrize(
    "draw", [lambda: interval_dots([], [], [], [], x_label="x"), lambda: share_bars([], [], x_label="x")]
)
def test_nothing_to_draw_is_still_a_picture(draw):
    assert "<svg" in draw()


def test_a_forest_without_a_criterion_or_a_ratio():
    assert "<svg" in forest(
        ["a"], [None], [None], [None], criterion=None, one="equal", x_label="ratio", muted=[False]
    )


def test_more_rows_make_a_taller_picture():
    heights = [
        float(re.search(r'height="([\d.]+)pt"', share_bars(["a"] * n, [0.1] * n, x_label="x")).group(1))
        for n in (2, 10, 40)
    ]
    assert heights == sorted(heights)
    assert heights[2] > 3 * heights[1]


@pytest.mark.parametrize(
    "label", ["W" * 60, "i" * 60, "several words that go on and on for quite a while longer", "中" * 20, ""]
)
def test_labels_stay_on_the_sheet(label):
    with style():
        rows = Rows([label, "b"], [label[:20], ""])
        (axes,) = rows.axes(top=2, bottom=11)
        rows.figure.draw_without_rendering()
        sheet = rows.figure.bbox
        for text in [*axes.get_yticklabels(), *axes.texts]:
            box = text.get_window_extent()
            assert box.x0 >= sheet.x0
            assert box.x1 <= sheet.x1 + 1
        tick = axes.get_yticklabels()[0].get_window_extent()
        assert tick.y1 - tick.y0 <= rows.figure.dpi * (rows.positions[1] - rows.positions[0]) / 25.4 * 2


@pytest.mark.parametrize("label", ["W" * 60, "one two three " * 6, "x"])
def test_wrapping_keeps_every_character(label):
    with style():
        lines = wrapped(label, 40.0)
        assert "".join(lines).replace(" ", "") == label.replace(" ", "")
        assert all(width_mm(line) <= 40.0 for line in lines)


def test_what_the_face_cannot_draw_is_made_visible():
    assert drawable("中\u202e") == "⟨U+4E2D⟩⟨U+202E⟩"
    assert drawable("−≥é†…") == "−≥é†…"


def test_the_faces_are_there():
    assert {font_file(file).suffix for *_, file in FACES} == {".ttf"}
    assert {ord(c) for c in "aZ09−≥×φ⟨⟩…†\u202f"} <= covered()
    with pytest.raises(KeyError):
        font_file("../matplotlibrc")
