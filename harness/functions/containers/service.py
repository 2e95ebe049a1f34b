"""The part of ECS's API that runs tasks: RunTask, StopTask, DescribeTasks, ListTasks.

Tasks run on Fargate. Clusters and task definitions are the template's business.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

import json
from collections.abc import Callable
from typing import Any

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.operations import parameters_of
from harness.cloud.template.containers import command_problem
from harness.cloud.template.model_container import ContainerSpecs, TaskDefinitionSpec
from harness.functions.containers.container import Launch
from harness.functions.containers.tasks import Task, Tasks, described
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Call, Reply

TASKS_PER_CALL = 10
TOKEN_LIVES_S = 24 * 3600
"""How long a client token makes a repeated RunTask return the first one's tasks.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html"""

Parameters = dict[str, Any]


class EcsError(Exception):
    """ECS refuses a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class EcsService:
    """Serves the wire protocol for boto3's ecs client."""

    def __init__(self, specs: ContainerSpecs, tasks: Tasks, clock: Clock, randomness: Randomness) -> None:
        self._specs = specs
        self.tasks = tasks
        self._clock = clock
        self._ids = randomness.stream("ecs/ids")
        self._start_unix_s = clock.unix_s() - clock.now_us / 1_000_000
        self._tokens: dict[str, tuple[int, str, list[Task]]] = {}
        self._operations: dict[str, Callable[[Parameters], Parameters]] = {
            "RunTask": self._run_task,
            "StopTask": self._stop_task,
            "DescribeTasks": self._describe_tasks,
            "ListTasks": self._list_tasks,
        }

    async def answer(self, call: Call) -> Reply:
        """The service's answer."""
        perform = self._operations.get(call.operation)
        try:
            if perform is None:
                raise EcsError("UnsupportedFeatureException", f"This simulator's ECS does not have {call.operation}.")
            return _reply(200, perform(parameters_of(call.request.body)))
        except EcsError as error:
            return _reply(400, {"__type": error.code, "message": error.message})

    # ---- operations --------------------------------------------------------------------------

    def _run_task(self, parameters: Parameters) -> Parameters:
        cluster_arn = self._cluster(parameters)
        spec = self._definition(str(parameters.get("taskDefinition", "")))
        count = parameters.get("count", 1)
        if not isinstance(count, int) or not 1 <= count <= TASKS_PER_CALL:
            raise _invalid(f"Count should be between 1 and {TASKS_PER_CALL}.")
        if parameters.get("launchType", "FARGATE") != "FARGATE":
            raise _invalid("This simulator has the launch type FARGATE only.")
        if "awsvpcConfiguration" not in _mapping(parameters, "networkConfiguration"):
            raise _invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
        tasks = self._repeated(parameters) or [self._start(parameters, spec, cluster_arn) for _ in range(count)]
        self._remember(parameters, tasks)
        return {"tasks": [self._described(task) for task in tasks], "failures": []}

    def _stop_task(self, parameters: Parameters) -> Parameters:
        self._cluster(parameters)
        task = self._task(str(parameters.get("task", "")))
        if task is None:
            raise _invalid("The referenced task was not found.")
        self.tasks.stop(task, str(parameters.get("reason", "")))
        return {"task": self._described(task)}

    def _describe_tasks(self, parameters: Parameters) -> Parameters:
        self._cluster(parameters)
        asked = parameters.get("tasks")
        if not isinstance(asked, list) or not asked:
            raise _invalid("Tasks cannot be empty.")
        found = {str(name): self._task(str(name)) for name in asked}
        return {
            "tasks": [self._described(task) for task in found.values() if task],
            "failures": [{"arn": self._arn(name), "reason": "MISSING"} for name, task in found.items() if task is None],
        }

    def _list_tasks(self, parameters: Parameters) -> Parameters:
        cluster_arn = self._cluster(parameters)
        wanted = parameters.get("desiredStatus", "RUNNING")
        family, started_by = parameters.get("family"), parameters.get("startedBy")
        arns = [
            task.arn
            for task in self.tasks.tasks.values()
            if task.cluster_arn == cluster_arn
            and task.desired == wanted
            and family in (None, task.spec.family)
            and started_by in (None, task.started_by)
        ]
        return {"taskArns": arns}

    # ---- details -----------------------------------------------------------------------------

    def _start(self, parameters: Parameters, spec: TaskDefinitionSpec, cluster_arn: str) -> Task:
        task_id = f"{self._ids.getrandbits(128):032x}"
        command, variables = self._overridden(parameters, spec)
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT_ID}:task/{cluster_arn.rpartition('/')[2]}/{task_id}"
        seed = self.tasks.seed_of(task_id)
        task = Task(
            id=task_id,
            arn=arn,
            cluster_arn=cluster_arn,
            spec=spec,
            launch=Launch(task_id=task_id, task_arn=arn, command=command, variables=variables, seed=seed),
            created_us=self._clock.now_us,
            started_by=str(parameters.get("startedBy", "")),
            group=str(parameters.get("group", f"family:{spec.family}")),
        )
        self.tasks.start(task)
        return task

    def _overridden(self, parameters: Parameters, spec: TaskDefinitionSpec) -> tuple[tuple[str, ...], dict[str, str]]:
        command, variables = spec.command, dict(spec.variables)
        overrides = _mapping(parameters, "overrides").get("containerOverrides", [])
        for override in overrides if isinstance(overrides, list) else []:
            if not isinstance(override, dict) or override.get("name") != spec.container:
                raise _invalid("Override for container named that is not a container in the TaskDefinition.")
            if override.get("command"):
                command = tuple(str(word) for word in override["command"])
            for pair in override.get("environment", []):
                variables[str(pair["name"])] = str(pair["value"])
        if problem := command_problem(command):
            raise _invalid(f"This simulator runs {problem}; got {' '.join(command)!r}.")
        return command, variables

    def _repeated(self, parameters: Parameters) -> list[Task]:
        """The tasks of the first call with this client token."""
        token = parameters.get("clientToken")
        if token not in self._tokens:
            return []
        at_us, asked, tasks = self._tokens[token]
        if self._clock.now_us - at_us > TOKEN_LIVES_S * 1_000_000:
            return []
        if asked != _fingerprint(parameters):
            raise EcsError("ConflictException", "The client token was used with other parameters.")
        return tasks

    def _remember(self, parameters: Parameters, tasks: list[Task]) -> None:
        token = parameters.get("clientToken")
        if isinstance(token, str) and token:
            self._tokens.setdefault(token, (self._clock.now_us, _fingerprint(parameters), tasks))

    def _cluster(self, parameters: Parameters) -> str:
        name = str(parameters.get("cluster", "default")).rpartition("/")[2]
        if name in self._specs.clusters:
            return self._specs.clusters[name]
        raise EcsError("ClusterNotFoundException", "Cluster not found.")

    def _definition(self, name: str) -> TaskDefinitionSpec:
        for spec in self._specs.definitions.values():
            if name in (spec.arn, spec.family, f"{spec.family}:1"):
                return spec
        raise EcsError("ClientException", "Unable to describe task definition.")

    def _task(self, name: str) -> Task | None:
        return self.tasks.tasks.get(name) or next(
            (task for task in self.tasks.tasks.values() if task.id == name.rpartition("/")[2]), None
        )

    def _arn(self, name: str) -> str:
        return name if name.startswith("arn:") else f"arn:aws:ecs:{REGION}:{ACCOUNT_ID}:task/{name}"

    def _described(self, task: Task) -> Parameters:
        return described(task, self._start_unix_s)


def _fingerprint(parameters: Parameters) -> str:
    return json.dumps(parameters, sort_keys=True)


def _mapping(parameters: Parameters, key: str) -> Parameters:
    value = parameters.get(key)
    return value if isinstance(value, dict) else {}


def _invalid(message: str) -> EcsError:
    return EcsError("InvalidParameterException", message)


def _reply(status: int, body: Parameters) -> Reply:
    headers = {"content-type": "application/x-amz-json-1.1"}
    if status >= 400:
        headers["x-amzn-errortype"] = body["__type"]
    return Reply(status, headers, json.dumps(body).encode())
