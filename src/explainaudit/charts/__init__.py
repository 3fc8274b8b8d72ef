"""Arrays and worded strings in, SVG text out. The only room that imports matplotlib."""

from explainaudit.charts.bars import paired_bars, share_bars
from explainaudit.charts.intervals import forest, interval_dots

__all__ = ["forest", "interval_dots", "paired_bars", "share_bars"]
