"""Commands of the library for Django."""
