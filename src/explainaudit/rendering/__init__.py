"""Dossier in, pages out."""

from explainaudit.rendering.pages import pages

__all__ = ["pages"]
