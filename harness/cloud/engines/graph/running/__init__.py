"""Carries a parsed query out. `query.py` is the way in."""
