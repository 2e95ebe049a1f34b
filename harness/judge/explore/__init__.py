"""Looks for more than the fixed scenarios find: runs them under faults, seeds and lateness that Hypothesis draws."""
