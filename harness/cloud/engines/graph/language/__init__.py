"""The openCypher subset: from text to a tree. `clauses.py` parses a query, `syntax.py` is the tree."""
