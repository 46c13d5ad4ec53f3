"""The bench: any registered solution run from its contract alone, by anybody, with inputs of their own."""
