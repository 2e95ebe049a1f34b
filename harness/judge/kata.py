"""A kata as its author wrote it: the folder, and what kata.toml says.

```toml
number = 7
title = "Queue-based load leveling"
pattern = "queue-based-load-leveling"      # the page docs/patterns/<pattern>.md
summary = "A queue between a fast front and a slow back."
seeds = [1, 2, 3]                          # the first is what `kata test` uses
engines = ["search"]                       # engines with a package of their own (cloud/engines/optional.py)
gate = "test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds"   # fails: the rest is blocked

[[promises]]                               # in the order to fix them; points sum to the kata's total
id = "P1"
sentence = "An article sent is accepted at once, and its transaction tells the truth."
file = "test_p1_accepted.py"               # below acceptance/
[promises.points]                          # one entry per test of that file, in the order to fix them
test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds = 3

[resources]                                # logical ids with a fixed meaning, all that tests may reach
IngestQueue = "AWS::SQS::Queue"

[services.legacy]                          # HTTP services outside the cloud
parameter = "LegacyUrl"                    # optional: template parameter set to the url at deployment
url = "http://legacy.internal"
implementation = "legacy_cms:LegacyCms"    # module below the kata's services/ folder, and class
address = "10.0.0.17"                      # optional: where a target group of type ip reaches it

[starter]                                  # how the untouched starter fails, checked by `kata verify`
scenario = "test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds"
message = "answered 501"                   # text that its message contains
```
"""

from dataclasses import dataclass, field
from pathlib import Path

from harness.judge.explore.entry import ExploreEntry


@dataclass(frozen=True)
class ServiceEntry:
    """An HTTP service of a kata.

    Attributes:
        parameter: template parameter that takes its URL; "": functions learn of it in another way.
        address: an IPv4 address; "": it has none.
    """

    name: str
    parameter: str
    url: str
    implementation: str
    address: str = ""


@dataclass(frozen=True)
class PromiseEntry:
    """A promise, its file of scenarios and what each of them is worth."""

    id: str
    sentence: str
    file: str
    points: dict[str, int]


@dataclass(frozen=True)
class StarterEntry:
    """How the untouched starter fails."""

    scenario: str
    message: str


@dataclass(frozen=True)
class Kata:
    """A kata, read and checked.

    Attributes:
        name: folder name, "07_queue_load_leveling".
        folder: katas/<name>; `solutions` is solutions/<name>.
        engines: what it needs of `ENGINES`.
        explore: what `kata explore` may do; the table [explore] is shown in explore/entry.py.
    """

    name: str
    number: int
    title: str
    pattern: str
    summary: str
    folder: Path
    solutions: Path
    seeds: tuple[int, ...]
    gate: str
    promises: tuple[PromiseEntry, ...]
    resources: dict[str, str]
    services: tuple[ServiceEntry, ...]
    starter: StarterEntry
    engines: tuple[str, ...] = ()
    explore: ExploreEntry = field(default_factory=ExploreEntry)

    @property
    def acceptance(self) -> Path:
        """The folder of the acceptance tests."""
        return self.folder / "acceptance"

    @property
    def max_score(self) -> int:
        """All points there are."""
        return sum(points for promise in self.promises for points in promise.points.values())
