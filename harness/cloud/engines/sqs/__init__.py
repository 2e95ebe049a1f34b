"""Amazon SQS, simulated: standard and FIFO queues in virtual time, behind the JSON protocol.

Start at `service.py` (what a client says), `queue.py` (what a queue does) and `fifo.py`
(what a FIFO queue does differently).
"""
