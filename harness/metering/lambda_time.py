"""Lambda's time as it is billed: each millisecond begun, the init phase of a cold start included.

Source: https://aws.amazon.com/lambda/pricing/
and https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
"""

from collections.abc import Iterator

from harness.functions.log_journal import InvocationOver
from harness.functions.log_lines import billed_ms
from harness.metering.source import Metered


def billed(metered: Metered) -> Iterator[tuple[str, int, float]]:
    """(function, milliseconds, GB-seconds) of each invocation that has ended."""
    for journal in metered.functions.fleet.journals:
        for _, entry in journal.entries:
            if isinstance(entry, InvocationOver) and metered.holds(entry.invocation.started_us):
                init_ms = entry.init.duration_ms if entry.init else 0.0
                time_ms = billed_ms(entry.invocation.duration_ms + init_ms)
                yield journal.spec.logical_id, time_ms, time_ms / 1000 * journal.spec.memory_mb / 1024
