"""Chapters made from the whole bundle."""

from explainaudit.composing.dossier import compose

__all__ = ["compose"]
