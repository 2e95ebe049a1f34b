"""HTTP services outside the cloud: routes, a capacity model, faults, a log. Start at `service`."""
