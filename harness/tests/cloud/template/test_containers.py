"""Container tasks: what a template says of them."""

from pathlib import Path

import pytest

from harness.cloud.template import TemplateError
from harness.cloud.template.model_container import ContainerSpecs
from harness.tests.cloud.template.conftest import Read

LABEL = "DockerLabels: {org.opencontainers.image.source: src/}"
COMMAND = "Command: [python, app.py]"
CONTAINER = f"{{Name: main, Image: render:1, {COMMAND}, {LABEL}}}"
TASK = f"  Render: {{Type: AWS::ECS::TaskDefinition, Properties: {{ContainerDefinitions: [{CONTAINER}]}}}}\n"


def containers(read: Read, text: str = TASK) -> ContainerSpecs:
    return read(f"Resources:\n{text}  Cluster: {{Type: AWS::ECS::Cluster}}\n").containers


def test_a_task_definition_names_its_image_by_the_folder_it_is_built_from(read: Read, folder: Path) -> None:
    built = containers(read)

    render = built.definitions["Render"]
    assert (render.container, render.command, render.stop_timeout_s) == ("main", ("python", "app.py"), 30)
    assert render.code_dir == folder / "src"
    assert render.arn == "arn:aws:ecs:eu-west-1:123456789012:task-definition/kata-Render-ABCDEFGHIJKL:1"
    assert built.clusters == {
        "kata-Cluster-ABCDEFGHIJKL": "arn:aws:ecs:eu-west-1:123456789012:cluster/kata-Cluster-ABCDEFGHIJKL"
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (LABEL, "User: root", "does not say what its image holds"),
        ("src/}", "../}", "is built from ../"),
        ("src/}", "nowhere/}", "is built from nowhere/"),
        (COMMAND, "Command: [bash, run.sh]", "runs 'bash run.sh'"),
        (COMMAND, "Command: [python, -c, pass]", "runs 'python -c pass'"),
        (f"[{CONTAINER}]", f"[{CONTAINER}, {CONTAINER}]", "has 2 containers"),
        (LABEL, f"{LABEL}, Secrets: []", "Secrets of Render is not supported"),
    ],
)
def test_what_cannot_run_here_is_refused_with_its_line(read: Read, old: str, new: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        containers(read, TASK.replace(old, new))

    assert caught.value.line > 0
