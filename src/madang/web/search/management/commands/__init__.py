"""Commands of the search for Django."""
