"""Words of a text as they are searched: Korean morphemes, English stems, numbers. Knows no database."""
