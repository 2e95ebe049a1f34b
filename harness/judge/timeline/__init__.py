"""The timeline of a run as data: what the page draws, and what anything else may read.

It is made of the trace alone: lanes for the client, queues, functions, stores and services,
and in each of them what happened there, in order.
"""

from harness.judge.timeline.build import Run, run_of, timeline_of
from harness.judge.timeline.model import Event, Lane, Timeline

__all__ = ["Event", "Lane", "Run", "Timeline", "run_of", "timeline_of"]
