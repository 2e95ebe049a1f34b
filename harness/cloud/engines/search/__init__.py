"""Amazon OpenSearch Service: a subset of its REST API on virtual time. Start at `service`."""
