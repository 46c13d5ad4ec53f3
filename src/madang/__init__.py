"""Madang: a city's policies as models anyone can run."""
