"""The REST API: one function an endpoint. Start at `endpoints`."""
