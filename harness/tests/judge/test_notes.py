"""What a verdict says of things that are not simulated."""

from harness.cloud.engines.graph.records import GraphPartRefused
from harness.cloud.engines.search.records import SearchPartRefused
from harness.judge.notes import notes
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace


def test_a_part_that_functions_asked_for_is_told_once_and_what_a_test_asks_is_not() -> None:
    trace = Trace(Clock())
    for call, function in enumerate(("Reader", "Reader", "test"), 1):
        trace.append(SearchPartRefused(service="search", call=call, what="[aggs] in a search", function=function))
    trace.append(GraphPartRefused(service="graph", call=4, what="A named path", function="Friends"))

    assert notes([trace]) == (
        "Reader asked search for [aggs] in a search, which is not simulated: it was refused here, "
        "and AWS might have done it.",
        "Friends asked graph for A named path, which is not simulated: it was refused here, "
        "and AWS might have done it.",
    )
