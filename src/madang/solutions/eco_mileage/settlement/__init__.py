"""Settling a half-year or a winter: the cube, the compiled kernel, the second engine, explanations and the weather."""
