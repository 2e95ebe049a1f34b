"""What goes wrong while learner code runs. `registry.FAULTS` is the table of contents."""
