"""A container task: RunTask, hours of work, SIGTERM, exit codes."""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.world.task_view import TaskView

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 60
    Environment: {Variables: {CLUSTER: !Ref Cluster, TASK: !Ref Render, PLAIN: !Ref Plain}}
Resources:
  Cluster: {Type: AWS::ECS::Cluster}
  Results: {Type: AWS::SQS::Queue}
  Stopped: {Type: AWS::SQS::Queue}
  Render:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: "256"
      Memory: "512"
      TaskRoleArn: !GetAtt RenderRole.Arn
      ContainerDefinitions:
        - Name: render
          Image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/render:1
          Command: [python, main.py, --fast]
          StopTimeout: 20
          DockerLabels: {org.opencontainers.image.source: container/}
          Environment: [{Name: QUEUE, Value: !Ref Results}]
  Plain:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      TaskRoleArn: !GetAtt RenderRole.Arn
      ContainerDefinitions:
        - Name: render
          Image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/render:1
          EntryPoint: [python]
          Command: [-m, plain]
          LinuxParameters: {InitProcessEnabled: true}
          DockerLabels: {org.opencontainers.image.source: container/}
  RenderRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: send, PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Results.Arn}]}}]
  Ended:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ecs], detail-type: [ECS Task State Change], detail: {lastStatus: [STOPPED]}}
      Targets: [{Id: q, Arn: !GetAtt Stopped.Arn}]
  StoppedPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Stopped]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sqs:SendMessage", Resource: !GetAtt Stopped.Arn}]}
  Starter:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.start, Policies: [{Statement: [{Effect: Allow, Action: ["ecs:*", "iam:PassRole"], Resource: "*"}]}]}
"""  # noqa: E501

APP = """\
import json
import os

import boto3

ecs = boto3.client("ecs")
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


def start(event, context):
    with_ = {"cluster": os.environ["CLUSTER"], **event["with"]}
    if event["call"] == "run_task":
        with_ = {"taskDefinition": os.environ["TASK"], "networkConfiguration": NETWORK, **with_}
        with_["taskDefinition"] = os.environ.get(with_["taskDefinition"], with_["taskDefinition"])
    try:
        answer = getattr(ecs, event["call"])(**with_)
    except ecs.exceptions.ClientError as error:
        return {"error": error.response["Error"]["Code"]}
    answer.pop("ResponseMetadata")
    return json.loads(json.dumps(answer, default=str))
"""

MAIN = """\
import os
import signal
import sys
import threading
import time

import boto3

from steps import double

stop = threading.Event()
mode = os.environ.get("MODE", "work")


def on_term(number, frame):
    stop.set()
    if mode == "leave":
        sys.exit(9)


if mode in ("graceful", "leave"):
    signal.signal(signal.SIGTERM, on_term)
if mode == "fail":
    raise ValueError("cannot render")
if mode == "exit":
    sys.exit(3)
if mode == "die":
    os._exit(4)
if mode == "work":
    time.sleep(3 * 3600)
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["QUEUE"], MessageBody=f"{__name__} {sys.argv[1]} {double(21)} {os.getcwd() == sys.path[0]}"
    )
if mode == "graceful":
    stop.wait(3600)
    time.sleep(5)
    print("saved what there was")
if mode in ("deaf", "leave"):
    time.sleep(3600)
"""

FILES = {
    "src/app.py": APP,
    "container/main.py": MAIN,
    "container/steps.py": "def double(number):\n    return 2 * number\n",
    "container/plain.py": "import time\n\nif __name__ == '__main__':\n    time.sleep(3600)\n",
}


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, FILES)


def ecs(app: App, call: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Starter", {"call": call, "with": parameters}))


def started(app: App, mode: str, **parameters: Any) -> TaskView:
    """A task that has just begun to run."""
    overrides = {"containerOverrides": [{"name": "render", "environment": [{"name": "MODE", "value": mode}]}]}
    ecs(app, "run_task", overrides=overrides, **parameters)
    task = app.world.tasks()[-1]
    assert app.run(app.world.until(lambda: task.started_ms is not None, within_s=60, every_ms=10))
    return task


def ended(app: App, task: TaskView, within_s: int = 60) -> TaskView:
    """The task when it has stopped."""
    every_ms = within_s * 1000 // 5000
    assert app.run(app.world.until(lambda: task.status == "STOPPED", within_s=within_s, every_ms=every_ms))
    return task


def stopped(app: App, task: TaskView) -> tuple[int | None, str, int]:
    """Asks a task to stop: its exit code, why, and how long that took, in whole seconds."""
    ecs(app, "stop_task", task=task.id)
    asked_ms = app.world.now_ms
    ended(app, task)
    return task.exit_code, task.stop_code, round((app.world.now_ms - asked_ms) / 1000)


def test_a_task_works_for_hours_and_ends_by_itself(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
    task = started(app, "work")
    told = ecs(app, "describe_tasks", tasks=[task.id])["tasks"][0]
    ended(app, task, within_s=4 * 3600)

    assert told["lastStatus"] == "RUNNING"
    assert task.started_ms is not None
    assert task.stopped_ms is not None
    assert task.stopped_ms - task.started_ms >= 3 * 3600 * 1000
    assert (task.exit_code, task.stop_code) == (0, "EssentialContainerExited")
    assert [arrival.body for arrival in app.world.queue("Results").arrivals] == ["__main__ --fast 42 True"]


def test_a_task_is_provisioned_and_pulled_before_it_runs(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html"""
    answer = ecs(app, "run_task", overrides={})
    task = app.world.tasks()[-1]
    seen = [task.status]
    app.run(app.world.run_for(s=15))
    seen.append(task.status)
    app.run(app.world.run_for(s=25))
    seen.append(task.status)
    stopped(app, task)

    assert answer["tasks"][0]["lastStatus"] == "PROVISIONING"
    assert seen == ["PROVISIONING", "PENDING", "RUNNING"]


@pytest.mark.parametrize(("mode", "code"), [("fail", 1), ("exit", 3), ("die", 4)])
def test_the_exit_code_is_that_of_the_program(app: App, mode: str, code: int) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html"""
    task = ended(app, started(app, mode))
    told = ecs(app, "describe_tasks", tasks=[task.id])["tasks"][0]

    assert task.exit_code == code
    assert told["containers"][0]["exitCode"] == code


def test_a_program_that_hears_sigterm_saves_what_it_has(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"""
    assert stopped(app, started(app, "graceful")) == (0, "UserInitiated", 5)
    assert stopped(app, started(app, "leave")) == (9, "UserInitiated", 0)


def test_a_program_that_does_not_is_killed_after_its_stop_timeout(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"""
    assert stopped(app, started(app, "deaf")) == (137, "UserInitiated", 20)


def test_an_init_process_passes_sigterm_on(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html"""
    task = started(app, "any", taskDefinition="PLAIN")

    assert stopped(app, task) == (143, "UserInitiated", 0)


def test_a_repeated_call_with_the_same_token_starts_nothing(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html"""
    before = len(app.world.tasks())
    overrides = {"containerOverrides": [{"name": "render", "environment": [{"name": "MODE", "value": "exit"}]}]}
    first = ecs(app, "run_task", clientToken="t-1", overrides=overrides)
    again = ecs(app, "run_task", clientToken="t-1", overrides=overrides)
    other = ecs(app, "run_task", clientToken="t-1", overrides=overrides, count=2)
    ended(app, app.world.tasks()[-1])

    assert first["tasks"][0]["taskArn"] == again["tasks"][0]["taskArn"]
    assert other == {"error": "ConflictException"}
    assert len(app.world.tasks()) == before + 1


def test_the_default_bus_is_told_of_each_stopped_task(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html"""
    task = ended(app, started(app, "exit"))
    app.run(app.world.run_for(s=5))
    told = [arrival.body for arrival in app.world.queue("Stopped").arrivals if task.id in arrival.body]

    assert len(told) == 1
    assert json.loads(told[0])["detail"]["containers"][0]["exitCode"] == 3


def test_what_ecs_refuses_is_refused(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
    wrong_container = {"containerOverrides": [{"name": "other"}]}

    assert ecs(app, "run_task", cluster="nowhere") == {"error": "ClusterNotFoundException"}
    assert ecs(app, "run_task", taskDefinition="none") == {"error": "ClientException"}
    assert ecs(app, "run_task", overrides=wrong_container) == {"error": "InvalidParameterException"}
    assert ecs(app, "describe_tasks", tasks=["none"])["failures"][0]["reason"] == "MISSING"
