"""Readers of street files: each returns streets in degrees with what it dropped and found."""
