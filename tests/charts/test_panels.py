"""Small plots: the same bytes twice, every word drawn, gaps and hostile words survive."""

import xml.etree.ElementTree as ET

import pytest

from explainaudit.charts.panels import Panel, panels

WORDS = ["threshold", "$a$ \\frac", "<script>alert(1)</script>", "w" * 300, "中文", ""]
AT = [0.0, 0.5, 1.0]


def every_part(word: str) -> Panel:
    return Panel(
        x_label=word, y_label=word, title=word, diagonal=True, shares=(True, True), rug=[0.1, 0.2],
        lines=[(word, AT, [0.0, None, 1.0]), ("second", AT, [1.0, 0.5, 0.0])],
        bands=[(AT, [0.0, None, 0.5], [0.5, None, 1.0])],
        points=[(0.5, 0.5, 0.4, 0.6), (0.7, 0.2, None, None)],
        faint=[(AT, [0.2, 0.2, None])],
        marks=[(0.3, word)],
    )  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_panel_is_drawn_and_drawn_alike(word):
    first = panels([every_part(word)], across=1)
    assert first == panels([every_part(word)], across=1)
    assert ET.fromstring(first).tag.endswith("svg")  # noqa: S314
    assert "<script" not in first


def test_words_stand_beside_their_axes():
    first = Panel("false positive rate", "recall", lines=[("model", AT, AT)], marks=[(0.5, "in use")])
    drawn = panels([first, Panel("second", "third", title="fourth")])
    for word in ("false positive rate", "recall", "model", "in use", "second", "third", "fourth"):
        assert f"<!-- {word} -->" in drawn


def test_long_words_are_cut_and_short_ones_are_not():
    assert "…" in panels([Panel("x", "y", title="w" * 300)])
    assert "…" not in panels([Panel("x", "y", title="income of the household per month")])


def test_nothing_to_draw_is_an_empty_plot():
    for plot in (
        Panel("x", "y"),
        Panel("x", "y", lines=[("", [], [])]),
        Panel("x", "y", points=[(0, 0, None, None)]),
    ):
        assert panels([plot]).lstrip().startswith("<")
