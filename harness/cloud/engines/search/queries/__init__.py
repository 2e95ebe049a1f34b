"""The query DSL: one function a query. Start at `registry`."""
