"""Commands of the live figures for Django."""
