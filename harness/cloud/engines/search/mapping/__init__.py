"""Mappings: which field holds what, and how a document is read by them."""
