"""The site: library, bench, promises and interface. The only floor that knows Django."""
