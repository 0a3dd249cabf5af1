"""Tickets as rows: a plan's changes are written here, and heads, articles and links are read."""
