"""Indexes and aliases, documents and their versions, and what a search sees of them."""
