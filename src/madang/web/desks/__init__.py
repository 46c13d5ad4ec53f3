"""Desks: where a programme that keeps state is operated. Each bears the name of its solution and imports only that one."""
