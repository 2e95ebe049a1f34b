"""Which breaches are the same one."""

from harness.judge.explore.breach import Breach, breach_of
from harness.judge.verdict import Outcome, Scenario


def key(message: str, promise: str = "P1") -> tuple[str, str]:
    return Breach(promise=promise, message=message).key


def test_ids_and_numbers_do_not_tell_two_breaches_apart() -> None:
    first = key("Article a-ucj17n4r was accepted at 0 ms, and its transaction is still pending.")
    assert first == key("Article a-bqqzzxyw was accepted at 120 ms, and its transaction is still pending.")


def test_another_promise_or_another_end_is_another_breach() -> None:
    keys = {
        key("Article a-1 stands twice."),
        key("Article a-1 stands nowhere."),
        key("Article a-1 stands twice.", "P4"),
    }
    assert len(keys) == 3


def test_only_a_failed_scenario_breaks_a_promise() -> None:
    def scenario(outcome: Outcome) -> Scenario:
        return Scenario(name="test_x", title="x", promise="P1", points=1, outcome=outcome, message="Lost.")

    assert breach_of(scenario(Outcome.FAILED)) == Breach(promise="P1", message="Lost.")
    assert {breach_of(scenario(one)) for one in Outcome if one is not Outcome.FAILED} == {None}
