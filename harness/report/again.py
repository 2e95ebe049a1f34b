"""The command that runs just one scenario again."""

import shlex

from harness.judge.verdict import Scenario


def again_of(scenario: Scenario, command: str) -> str:
    """What to type; of a plan that `kata explore` kept, the replay of it.

    Args:
        command: what was typed, without `--only` and `--seed`: "kata test 07".
    """
    if scenario.plan:
        return f"kata replay {shlex.quote(scenario.plan)}"
    return f"{command} --only {scenario.name} --seed {scenario.seed}"
