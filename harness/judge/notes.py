"""What a verdict says beside right and wrong: that a function asked for something which is not simulated.

AWS might have answered where the simulation refused. That is the simulation's limit and no
mistake of the submission, so it is told wherever it happened, in a scenario that passed too.
"""

from collections.abc import Iterable

from harness.cloud.engines.graph.records import GraphPartRefused
from harness.cloud.engines.search.records import SearchPartRefused
from harness.simulation.trace import Trace


def notes(traces: Iterable[Trace]) -> tuple[str, ...]:
    """A sentence for each part that functions asked for and that is not simulated, in the order of asking."""
    told = (
        f"{record.function} asked {record.service} for {record.what}, which is not simulated: it was refused here, "
        "and AWS might have done it."
        for trace in traces
        for record in _refusals(trace)
        if record.function != "test"
    )
    return tuple(dict.fromkeys(told))


def _refusals(trace: Trace) -> list[SearchPartRefused | GraphPartRefused]:
    return [*trace.of(SearchPartRefused), *trace.of(GraphPartRefused)]
