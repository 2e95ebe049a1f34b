"""Trino's SQL turned into DuckDB's, and everything else refused.

DuckDB parses; what it parsed is a tree of plain data, which is walked, checked against lists
of what is allowed, changed where the dialects differ, and written again as text.

Source: https://docs.aws.amazon.com/athena/latest/ug/select.html
"""
