"""Measures against what was declared: criteria, verdicts."""
