"""Commands of the accounts for Django."""
