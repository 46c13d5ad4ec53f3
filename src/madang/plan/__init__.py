"""A city as a whole: its promises, and its solutions run together."""
