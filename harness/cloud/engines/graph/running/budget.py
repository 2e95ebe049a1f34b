"""How much a query may do: no text that a learner sends keeps the simulator busy for long."""

from harness.cloud.engines.graph.errors import deadline_exceeded, out_of_memory

STEPS = 200_000
"""Nodes and edges looked at, and expressions evaluated, in one query: about a quarter of a real second."""

ROWS = 50_000
"""Intermediate rows of one clause."""

SIZE = 1_000_000
"""Characters of a text, items of a list."""


class Budget:
    """Counts down."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Takes steps.

        Raises:
            GraphError: none are left: the query would run into its time limit.
        """
        self.left -= steps
        if self.left < 0:
            raise deadline_exceeded()


def check_rows(count: int) -> None:
    """Returns if a clause may hold so many rows.

    Raises:
        GraphError: they are too many.
    """
    if count > ROWS:
        raise out_of_memory()


def check_size(size: float) -> None:
    """Returns if a text or list may become so long.

    Raises:
        GraphError: it is too long.
    """
    if size > SIZE:
        raise out_of_memory()
