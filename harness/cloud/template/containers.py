"""Builds the specs of container tasks.

A simulated container runs Python from a folder of the submission. Its image is built from
that folder, which the label `org.opencontainers.image.source` names; on AWS the label changes
nothing.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from pathlib import Path

from harness.cloud.template.errors import CodeUriOutside, MissingProperty, PropertiesContradict
from harness.cloud.template.model_container import ContainerSpecs, TaskDefinitionSpec
from harness.cloud.template.schema import CLUSTER, TASK_DEFINITION
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map, section
from harness.cloud.template.types_container import SOURCE_LABEL

_PYTHON = ("python", "python3")


def container_specs(stack: Stack) -> ContainerSpecs:
    """All clusters and task definitions of the template."""
    return ContainerSpecs(
        clusters={stack.name(each.logical_id): stack.attribute(each.logical_id, "Arn") for each in stack.of(CLUSTER)},
        definitions={each.logical_id: _definition(each, stack) for each in stack.of(TASK_DEFINITION)},
    )


def _definition(definition: Resource, stack: Stack) -> TaskDefinitionSpec:
    properties = definition.properties
    containers = properties["ContainerDefinitions"]
    spot = definition.spot("ContainerDefinitions")
    if len(containers) > 1:
        raise spot.error(
            PropertiesContradict, f"{definition.logical_id} has {len(containers)} containers.",
            expected="one container: this simulator has no sidecars",
        )  # fmt: skip
    container: Map = containers[0]
    return TaskDefinitionSpec(
        logical_id=definition.logical_id,
        family=stack.name(definition.logical_id),
        arn=stack.ref(definition.logical_id),
        container=container["Name"],
        code_dir=_code_dir(container, stack.folder, spot),
        command=_command(container, spot),
        variables={one["Name"]: one["Value"] for one in container.get("Environment", ())},
        cpu=properties.get("Cpu", "256"),
        memory=properties.get("Memory", "512"),
        stop_timeout_s=container.get("StopTimeout", 30),
        has_init=section(container, "LinuxParameters").get("InitProcessEnabled", False),
        line=definition.place.line,
    )


def _code_dir(container: Map, folder: Path, spot: Spot) -> Path:
    labels = section(container, "DockerLabels")
    if SOURCE_LABEL not in labels:
        raise spot.error(
            MissingProperty, f"Container {container['Name']} of {spot.resource} does not say what its image holds.",
            expected=f"DockerLabels with {SOURCE_LABEL}: the folder the image is built from",
            try_=f"DockerLabels: {{{SOURCE_LABEL}: container/}}",
        )  # fmt: skip
    root = folder.resolve()
    code_dir: Path = (root / labels[SOURCE_LABEL]).resolve()
    if not code_dir.is_relative_to(root) or not code_dir.is_dir():
        raise spot.error(
            CodeUriOutside, f"The image of {spot.resource} is built from {labels[SOURCE_LABEL]}.",
            expected="a folder of the submission",
        )  # fmt: skip
    return code_dir


def _command(container: Map, spot: Spot) -> tuple[str, ...]:
    command = (*container.get("EntryPoint", ()), *container.get("Command", ()))
    if problem := command_problem(command):
        raise spot.error(
            PropertiesContradict, f"Container {container['Name']} of {spot.resource} runs {' '.join(command)!r}.",
            expected=problem, try_="Command: [python, main.py]",
        )  # fmt: skip
    return command


def command_problem(command: tuple[str, ...]) -> str:
    """What a command lacks to run here; "": nothing."""
    is_python = len(command) > 1 and command[0] in _PYTHON
    rest = command[2:] if is_python and command[1] == "-m" else command[1:]
    if not is_python or not rest or rest[0].startswith("-"):
        return "python and a file, or python -m and a module, then arguments"
    return ""
