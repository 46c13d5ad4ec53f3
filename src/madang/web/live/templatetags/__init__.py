"""Template tags for live numbers and figures."""
