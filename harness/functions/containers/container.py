"""A running container: a worker without a time limit, which can be asked to stop.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.permissions.access_keys import access_key
from harness.cloud.template import FunctionSpec
from harness.cloud.template.model_container import TaskDefinitionSpec
from harness.functions.containers import entry
from harness.functions.context import SECRET_ACCESS_KEY
from harness.functions.environment import End, Environment, Exited
from harness.functions.init_phase import WorkerSetting
from harness.worker.protocol import Configure, Failed, Initialized, Invoke, Returned, ToWorker, Waited, Woken

KILLED = 137
"""Exit code of what SIGKILL ended: 128 + 9."""

_FOREVER_S = 0.0
_ENTRY = "kata_container_entry"
_UNTIL_STOPPED_US = entry.UNTIL_STOPPED_S * 1_000_000


@dataclass(eq=False)
class Container(Environment):
    """The environment of one task.

    Attributes:
        stop_wait: number of the wait that ends when the task is asked to stop; 0: there is none yet.
        stop_asked: whether SIGTERM has come.
    """

    stop_wait: int = 0
    stop_asked: bool = False

    def ask_to_stop(self) -> None:
        """SIGTERM. One that comes before the program runs is heard when it does."""
        self.stop_asked = True
        if self.stop_wait:
            number, self.stop_wait = self.stop_wait, 0
            self._hand_over(Woken(unix_us=0, wait=number))

    async def _run(self, frames: list[ToWorker], limit_s: float) -> End:
        """As a function's phase, but nothing ends it from outside."""
        self._end = self.around.loop.create_future()
        for frame in frames:
            if not self.dead:
                self._feed(frame)
        try:
            return await self._end
        finally:
            self._end = None

    def _feed(self, frame: ToWorker) -> None:
        super()._feed(frame)
        if self.spun_cpu_s:  # it computes and computes: real time is up, and virtual time never is
            self.kill(status="signal: killed")

    def _wait(self, frame: Waited) -> None:
        if frame.duration_us != _UNTIL_STOPPED_US:
            super()._wait(frame)
            return
        self.stop_wait = frame.wait
        if self.stop_asked:
            self.around.loop.call_soon(self.ask_to_stop)


def as_function(spec: TaskDefinitionSpec) -> FunctionSpec:
    """The task definition as a worker's journal names it."""
    return FunctionSpec(
        logical_id=spec.logical_id,
        name=spec.family,
        arn=spec.arn,
        handler=f"{_ENTRY}.run",
        code_dir=spec.code_dir,
        runtime="python3.12",
    )


def build_image(spec: TaskDefinitionSpec, folder: Path) -> Path:
    """The folder with the code and what starts it, made once for each task definition."""
    image = folder / f"image-{spec.logical_id}"
    if not image.exists():
        shutil.copytree(spec.code_dir, image, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(entry.__file__, image / f"{_ENTRY}.py")
    return image


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What one container runs.

    Attributes:
        command: "python", "main.py", arguments.
        variables: those of the task definition with the overrides of RunTask.
    """

    task_id: str
    task_arn: str
    command: tuple[str, ...]
    variables: dict[str, str]
    seed: int


async def run(container: Container, spec: TaskDefinitionSpec, launch: Launch, workers: WorkerSetting) -> int:
    """Runs the command to its end and returns its exit code."""
    image = build_image(spec, workers.folder)
    temporary = workers.folder / f"task-{launch.task_id}"
    temporary.mkdir(parents=True, exist_ok=True)
    configure = Configure(
        unix_us=0,
        code_dir=str(image),
        handler=f"{_ENTRY}.run",
        variables=_variables(spec, launch, str(temporary)),
        seed=launch.seed,
        temporary_dir=str(temporary),
        readable=list(workers.readable),
        sandbox=list(workers.sandbox),
        interactive=workers.interactive,
    )
    end = await container.initialize(workers.spawn(), configure, _FOREVER_S)
    if isinstance(end, Initialized):
        end = await container.invoke(_invoke(spec, launch, image), launch.task_id, _FOREVER_S)
    container.kill()
    return exit_code(end)


def exit_code(end: End) -> int:
    """The exit code behind the end of a worker."""
    if isinstance(end, Returned):
        return int(json.loads(end.payload))
    if isinstance(end, Exited):
        found = re.fullmatch(r"exit status (\d+)", end.status)
        return int(found[1]) if found else KILLED
    return 1 if isinstance(end, Failed) else KILLED


def _invoke(spec: TaskDefinitionSpec, launch: Launch, image: Path) -> Invoke:
    is_module = launch.command[1] == "-m"
    rest = list(launch.command[2:] if is_module else launch.command[1:])
    event = {
        "folder": str(image),
        "module": rest[0] if is_module else "",
        "file": "" if is_module else rest[0],
        "arguments": rest,
        "has_init": spec.has_init,
    }
    return Invoke(unix_us=0, event=json.dumps(event).encode(), deadline_unix_us=0, context={})


def _variables(spec: TaskDefinitionSpec, launch: Launch, temporary: str) -> dict[str, str]:
    """What a container on Fargate finds in its environment, as far as a program asks for it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
    """
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_ACCESS_KEY_ID": access_key(spec.logical_id),
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_SESSION_TOKEN": "kata-session-token",
        "AWS_ACCOUNT_ID": ACCOUNT_ID,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "ECS_CONTAINER_METADATA_URI_V4": f"http://169.254.170.2/v4/{launch.task_id}",
        "HOSTNAME": "ip-10-0-0-1.internal",
        "TMPDIR": temporary,
        "TZ": ":UTC",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **launch.variables,
    }
