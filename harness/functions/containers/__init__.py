"""Container tasks: Python of the submission that may run for hours. Start at `service`."""
