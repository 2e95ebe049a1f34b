"""Amazon SNS, simulated: standard and FIFO topics in virtual time, behind the query protocol.

Start at `service.py` (what a client says), `topic.py` (what a topic does) and `delivery.py`
(how a message reaches a subscriber, or fails to).
"""
