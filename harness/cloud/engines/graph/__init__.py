"""Amazon Neptune's openCypher endpoint on a graph in memory. Start in `service.py`."""
