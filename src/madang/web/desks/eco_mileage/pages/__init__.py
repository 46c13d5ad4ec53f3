"""The desk's pages: the front, the member's own, the office."""
