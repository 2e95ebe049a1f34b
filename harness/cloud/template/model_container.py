"""What a template says of container tasks, as plain data."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDefinitionSpec:
    """A task of one container that runs Python.

    Attributes:
        family: name without its revision; `arn` ends in ":1".
        container: name of the container.
        code_dir: absolute, inside the submission: what its image is built from.
        command: entry point and command together: "python", "main.py", arguments.
        variables: Environment of the container, as texts.
        stop_timeout_s: from SIGTERM to SIGKILL.
        has_init: whether an init process runs, so that SIGTERM ends what does not handle it.
    """

    logical_id: str
    family: str
    arn: str
    container: str
    code_dir: Path
    command: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    cpu: str = "256"
    memory: str = "512"
    stop_timeout_s: int = 30
    has_init: bool = False
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerSpecs:
    """Clusters (ARN by name) and task definitions (by logical id) of a template."""

    clusters: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, TaskDefinitionSpec] = field(default_factory=dict)
