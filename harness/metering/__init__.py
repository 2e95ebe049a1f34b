"""What a submission uses, and what that costs. Start in `meter.py`."""
