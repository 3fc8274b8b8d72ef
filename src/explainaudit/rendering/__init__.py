"""Dossier in, pages out."""
