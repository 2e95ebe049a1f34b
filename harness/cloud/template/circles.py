"""Refuses resources that need each other first, as CloudFormation does.

What needs what follows the resources SAM makes: an API's definition names the functions
behind its routes, and a function's variables may name the API, so the two can form a circle
that nobody sees in the template.
"""

from collections.abc import Mapping

from harness.cloud.template.errors import CircularReference
from harness.cloud.template.tree import Place

PAGE = "https://aws.amazon.com/blogs/infrastructure-and-automation/handling-circular-dependency-errors-in-aws-cloudformation/"


def refuse_circles(needs: Mapping[str, Mapping[str, Place]]) -> None:
    """No resource needs itself, however far round.

    Args:
        needs: for each resource those it needs, and where the template says so.

    Raises:
        CircularReference: names the circle and the line that closes it.
    """
    finished: set[str] = set()
    for start in needs:
        _visit(start, needs, [], finished)


def _visit(name: str, needs: Mapping[str, Mapping[str, Place]], path: list[str], finished: set[str]) -> None:
    if name in finished:
        return
    path.append(name)
    for needed, place in needs.get(name, {}).items():
        if needed in path:
            circle = " -> ".join([*path[path.index(needed) :], needed])
            raise CircularReference(
                f"These resources need each other first: {circle}.", expected="an order in which they can be created",
                try_="let one of them go without: pass a name, or look the other up at run time",
                see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
        _visit(needed, needs, path, finished)
    path.pop()
    finished.add(name)
