"""Walking networks: import streets, place points on them, and measure who reaches what on foot."""
