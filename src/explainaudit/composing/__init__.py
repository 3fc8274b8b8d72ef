"""Chapters made from the whole bundle."""
