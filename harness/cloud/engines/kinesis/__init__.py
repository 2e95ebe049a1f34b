"""Kinesis Data Streams: shards with hash ranges, their limits, resharding, retention.

Start at `service.py` (what a client sees) or `stream.py` (what happens inside). Left out:
enhanced fan-out, encryption, records above 1 MiB, automatic scaling of on-demand streams.
"""
