"""The programming interface: solutions, runs, promises, facts and the library as JSON, described by OpenAPI 3.1."""
