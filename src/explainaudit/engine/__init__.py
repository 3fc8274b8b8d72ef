"""Schedules stages: here, or over local children."""
