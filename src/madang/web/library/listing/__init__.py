"""Bringing in the news listing of an older site, and saying what is wrong with it instead of hiding it."""
