"""Desks: where a programme that keeps state is operated. Each bears its solution's name and imports only that one."""
