"""Plans that `kata explore` has kept with a submission: each is judged again, as one more scenario.

It is worth no points. It says whether what was found then is mended, and stays mended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import ExplainedError
from harness.judge.explore.found import ENDING, FOUND_FOLDER, FoundPlan, load_found
from harness.judge.kata import Kata
from harness.judge.plugin import AcceptancePlugin
from harness.judge.scenarios import scenario_names, title_of
from harness.judge.side_by_side import Send
from harness.judge.verdict import Scenario


@dataclass(frozen=True)
class StoredPlan:
    """A plan and the file that holds it."""

    file: Path
    plan: FoundPlan

    @property
    def title(self) -> str:
        """The scenario as a sentence, and what is added to it."""
        added = [fault.name() for fault in self.plan.plan.faults] or [f"seed {self.plan.plan.seed}"]
        return f"{title_of(self.plan.scenario)} ({', '.join(added)})"


def stored_plans(submission: Path, kata: Kata) -> tuple[tuple[StoredPlan, ...], tuple[str, ...]]:
    """The plans in the submission's folder `found`, by name, and a sentence for each file that is none of this kata."""
    plans, notes = [], []
    for file in sorted((submission / FOUND_FOLDER).glob(f"*{ENDING}")):
        try:
            plan = load_found(file)
        except ExplainedError as error:
            notes.append(f"{FOUND_FOLDER}/{file.name} is left out. {error.happened}")
            continue
        if plan.kata == kata.name and plan.scenario in scenario_names(kata):
            plans.append(StoredPlan(file, plan))
        else:
            notes.append(f"{FOUND_FOLDER}/{file.name} is left out: it is of {plan.kata}, {plan.scenario}.")
    return tuple(plans), tuple(notes)


def stored_task(plugin: AcceptancePlugin, stored: StoredPlan) -> Callable[[Send], None]:
    """Judges the plan in a process of its own."""

    def task(send: Send) -> None:
        plugin.judging.timelines = None
        plugin.judging.vary(stored.plan.plan.seed, stored.plan.candidate.extra)
        send(msgspec.json.encode(as_stored(plugin.judge_scenario(stored.plan.scenario), stored)))

    return task


def as_stored(scenario: Scenario, stored: StoredPlan) -> Scenario:
    """The verdict on a scenario that ran under a plan: of a name of its own, and worth nothing."""
    name = f"{scenario.name}[{stored.file.name.removesuffix(ENDING)}]"
    return msgspec.structs.replace(
        scenario, name=name, title=stored.title, points=0, earned=0, sample=False, plan=str(stored.file)
    )
