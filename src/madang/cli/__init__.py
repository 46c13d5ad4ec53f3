"""The command line: one plain function per command; nothing heavy is imported before a command needs it."""

from __future__ import annotations
