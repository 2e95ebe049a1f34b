"""Elastic Load Balancing: what balancers, listeners, rules and target groups there are. Start at `service`."""
