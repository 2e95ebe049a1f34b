"""A fault plan: which faults, under which seed. It is data, prints a line each, loads back."""

from pathlib import Path
from typing import Any

import msgspec

from harness.errors import ExplainedError
from harness.faults.base import Fault
from harness.faults.registry import AnyFault


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The faults of one run.

    Attributes:
        seed: of the whole run, not only of the faults.
    """

    seed: int
    faults: tuple[AnyFault, ...] = ()

    def lines(self) -> list[str]:
        """One readable line per fault."""
        return [describe(fault) for fault in self.faults]

    def to_json(self) -> bytes:
        """The plan as it is kept in a file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)


def load_plan(path: Path) -> FaultPlan:
    """Reads a plan back.

    Raises:
        BadFaultPlan: the file is no plan; the message says where it differs.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=FaultPlan)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFaultPlan(
            "The fault plan cannot be read.",
            expected="a seed and a list of faults, as kata explore writes them",
            got=str(error),
            file=str(path),
        ) from error


class BadFaultPlan(ExplainedError):
    """A stored plan cannot be read."""


def describe(fault: Fault) -> str:
    """A fault in one line: its name, where it strikes, and what differs from the default."""
    settings = [f"{key}={value}" for key, value in _settings(fault).items()]
    return " ".join([fault.name(), *settings])


def _settings(fault: Fault) -> dict[str, Any]:
    defaults = {field.name: field.default for field in msgspec.structs.fields(fault)}
    values = msgspec.structs.asdict(fault)
    return {key: value for key, value in values.items() if value != defaults[key]}
