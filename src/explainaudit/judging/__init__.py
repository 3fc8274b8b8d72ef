"""Measures against what was declared: verdicts by interval, and the analyses' flags."""

from explainaudit.judging.criteria import judge

__all__ = ["judge"]
