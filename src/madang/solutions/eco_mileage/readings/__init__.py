"""Meter readings: importers, the append-only store, members and meters, and the checks that lead to review."""
