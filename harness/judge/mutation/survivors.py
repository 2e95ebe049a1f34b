"""Mutants that may survive, each with the reason: the reviewed text solutions/<kata>/mutants.toml.

```toml
[[survivor]]
name = "src/feed.py:43 off by one: 1000 -> 1001"     # as `kata verify --thorough` prints it
reason = "a lease is a thousandth shorter, against a reserve of 5 s"
```

An entry is stale when no mutant has its name any more, or when one is killed after all.
"""

from harness.judge.kata import Kata
from harness.judge.toml_table import read_toml

FILE_NAME = "mutants.toml"


def read_survivors(kata: Kata) -> dict[str, str]:
    """Name and reason of every mutant that may survive; empty where the file is missing.

    Raises:
        KataWrong: the file is not as it must be.
    """
    path = kata.solutions / FILE_NAME
    if not path.exists():
        return {}
    top = read_toml(path, f"solutions/{kata.name}/{FILE_NAME}")
    reasons: dict[str, str] = {}
    for table in top.tables("survivor"):
        name, reason = table.text("name"), table.text("reason")
        table.close()
        if name in reasons:
            raise table.wrong(f"The mutant {name} is listed twice.", "name", expected="one entry for each mutant")
        reasons[name] = reason
    top.close()
    return reasons
