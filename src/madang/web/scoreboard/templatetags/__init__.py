"""Template tags of the promises pages."""
