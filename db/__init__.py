"""Rows: the tables, their queries and their migrations."""
