"""Shaded tables and quantile strips: nothing off the sheet or on something else, whatever the labels are."""

import re
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pytest

from explainaudit.charts import heat as heat_module
from explainaudit.charts import strips as strips_module
from explainaudit.charts.canvas import drawable
from explainaudit.charts.heat import _luminance, _shade, heat
from explainaudit.charts.strips import strips

HOSTILE = [
    "W" * 60,
    "a name of sixty characters that goes on and on until it ends",
    "中文" * 10,
    "$a$ \\frac {x}",
    "<script>alert(1)</script>",
    "",
    "a_name_without_any_space_that_is_longer_than_sixty_characters_in_all",
    "x",
    "(missing)",
    "Native Hawaiian or Pacific Islander",
    "25–39",
    "\u202eoverride",
]
SOME = (0.1, 0.2, 0.3, 0.5, 0.8)


def table(rows, columns, **changes):
    shape = range(len(columns))
    values = [[None if (i + j) % 5 == 4 else (1 + i + j) / 40 for j in shape] for i in range(len(rows))]
    words = {
        "texts": [["100.0\u202f%\nn 12\u202f345" for _ in shape] for _ in rows],
        "faint": [[(i + j) % 4 == 3 for j in shape] for i in range(len(rows))],
        "row_label": "sex",
        "column_label": "race or ethnicity",
        "bar_label": "selection rate",
    }
    return heat(rows, columns, values, **{**words, **changes})


def drawn(monkeypatch, module, draw):
    """Return the figure that a chart draws."""
    kept = []
    svg = module.svg
    monkeypatch.setattr(module, "svg", lambda figure: kept.append(figure) or svg(figure))
    draw()
    kept[0].draw_without_rendering()
    return kept[0]


def draw_strips(labels=HOSTILE, **changes):
    quantiles = [None if place == 2 else SOME for place, _ in enumerate(labels)]
    words = {"x_label": "score", "marks": [(0.5, "threshold 0.50")], "muted": [False] * len(labels)}
    return strips(labels, quantiles, **{**words, **changes})


@pytest.mark.parametrize("draw", [lambda: table(HOSTILE, HOSTILE), draw_strips])
def test_the_same_bytes_twice_and_no_address(draw):
    first = draw()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        assert draw() == first
    assert "<text" not in first
    assert "<script" not in first
    assert all(href.startswith("#") for href in re.findall(r'href="([^"]*)"', first))


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 5), (12, 12)])
@pytest.mark.parametrize("labels", [HOSTILE, ["W" * 60] * 12])
def test_no_text_of_a_shaded_table_is_cut_or_lies_on_another(monkeypatch, n, d, labels):
    figure = drawn(monkeypatch, heat_module, lambda: table(labels[:n], labels[:d]))
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    sheet = figure.bbox
    for text, box in zip(texts, boxes, strict=True):
        assert box.x0 >= sheet.x0 - 0.5, text
        assert box.x1 <= sheet.x1 + 0.5, text
        assert box.y0 >= sheet.y0 - 0.5, text
        assert box.y1 <= sheet.y1 + 0.5, text
    for one, other in combinations(zip(texts, boxes, strict=True), 2):
        overlap = min(one[1].x1, other[1].x1) - max(one[1].x0, other[1].x0)
        beside = min(one[1].y1, other[1].y1) - max(one[1].y0, other[1].y0)
        assert min(overlap, beside) <= 0.5, (one[0], other[0])


def test_sixty_characters_are_drawn_whole():
    labels = [name * 60 for name in "Wia"] + [str(number) for number in range(9)]
    assert "…" not in table(["W" * 60], labels)
    assert "…" in table(["x"], ["中" * 60] * 12)


def test_a_cell_is_the_darker_the_higher_its_share():
    light = [_luminance(_shade(part)) for part in np.linspace(0, 1, 40)]
    assert all(before > after for before, after in pairwise(light))
    red, green, blue, _ = _shade(0.5)
    assert blue > green > red


def test_text_stands_out_from_its_ground(monkeypatch):
    figure = drawn(monkeypatch, heat_module, lambda: table(list("abcdef"), list("uvwxyz")))
    patches = figure.axes[0].patches
    cells = [text for text in figure.axes[0].texts if text.get_text().startswith("100.0")]
    assert len(cells) == 36
    for patch, text in zip(patches, cells, strict=False):
        ground = 1.0 if text.get_bbox_patch() else _luminance(patch.get_facecolor())
        ink = _luminance(mpl.colors.to_rgba(text.get_color()))
        assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) > 3.8


def test_small_cells_are_hatched_and_empty_ones_blank(monkeypatch):
    figure = drawn(
        monkeypatch,
        heat_module,
        lambda: heat(
            ["a"], ["x", "y", "z"], [[0.5, 0.9, None]], texts=[["1", "2", "3"]],
            faint=[[False, True, False]], row_label="r", column_label="c",
        ),
    )  # fmt: skip
    shaded, hatched, blank = figure.axes[0].patches
    assert [patch.get_hatch() for patch in (shaded, hatched, blank)] == [None, "////", None]
    assert shaded.get_facecolor() == pytest.approx(_shade(1.0))  # the hatched one does not set the scale
    assert hatched.get_facecolor() == blank.get_facecolor() == (1, 1, 1, 1)


@pytest.mark.parametrize("values", [[[None]], [[0.0]]])
def test_a_table_without_a_share_is_still_a_picture(values):
    given = {"texts": [["n/e"]], "faint": [[False]], "row_label": "r", "column_label": "c", "bar_label": "b"}
    assert "<svg" in heat(["a"], ["b"], values, **given)
    assert "<svg" in heat([], [], [], **(given | {"texts": [], "faint": []}))


def test_a_strip_has_its_five_points(monkeypatch):
    figure = drawn(monkeypatch, strips_module, lambda: draw_strips(["a"], marks=[]))
    (axes,) = figure.axes
    lines = [tuple(line.get_xdata()) for line in axes.lines]
    assert lines == [(0.1, 0.8), (0.1, 0.8), (0.3,)]
    (box,) = axes.collections
    assert (box.get_paths()[0].vertices[:, 0].min(), box.get_paths()[0].vertices[:, 0].max()) == (0.2, 0.5)


@pytest.mark.parametrize("number", [2, 5, 20])
def test_strips_stay_on_the_sheet(monkeypatch, number):
    labels = (HOSTILE * 2)[:number]
    draw = lambda: draw_strips(labels, value_labels=["0.30 (n 12\u202f345)"] * number, as_share=True)  # noqa: E731
    figure = drawn(monkeypatch, strips_module, draw)
    (axes,) = figure.axes
    for text in [*axes.get_yticklabels(), *axes.texts]:
        box = text.get_window_extent()
        assert box.x0 >= figure.bbox.x0
        assert box.x1 <= figure.bbox.x1 + 1
    low, high = axes.get_xlim()
    assert low < 0.1
    assert high > 0.8


def test_a_group_without_strip_is_listed_and_marks_are_in_sight():
    first = draw_strips(["a", "b", "c"], marks=[(3.0, "threshold"), (-2.0, "other")])
    for word in ("n/e", "threshold", "other", "c"):
        assert f"<!-- {drawable(word)} -->" in first
    assert "<svg" in strips([], [], x_label="x")
    assert "<svg" in strips(["a"], [(0.3,) * 5], x_label="x", muted=[True])
