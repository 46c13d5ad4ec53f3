"""Search in two languages: Korean morphemes and English stems, in the index and in the query."""
