"""The judge's end of a worker: start one, exchange frames with it, kill it.

`WorkerProcess.exchange` blocks in real time and takes no virtual time: it returns when the
worker is quiet, with every frame the worker has sent, in an order that does not depend on
how the machine scheduled its threads.
"""

from harness.worker.protocol import FromWorker, ToWorker


class WorkerDied(Exception):
    """The process ended without saying so: os._exit, a signal, out of memory.

    Attributes:
        status: as AWS words it: "exit status 1", "signal: killed".
        frames: what it had sent before.
    """

    def __init__(self, status: str, frames: list[FromWorker]) -> None:
        super().__init__(status)
        self.status = status
        self.frames = frames


class WorkerSpun(Exception):
    """The worker used up its real time without ever waiting for the judge; it has been killed."""

    def __init__(self, cpu_s: float, frames: list[FromWorker]) -> None:
        super().__init__(f"{cpu_s:.1f} s of CPU time in one go")
        self.cpu_s = cpu_s
        self.frames = frames


class ProtocolViolated(Exception):
    """The worker sent something that is no frame: too long, not JSON, not of the schema."""


class WorkerProcess:
    """One execution environment's process."""

    pid: int

    def exchange(self, frame: ToWorker) -> list[FromWorker]:
        """Sends a frame and returns all that the worker sends until it is quiet again.

        Frames of one thread keep their order; the threads follow each other by logical name.

        Raises:
            WorkerDied, WorkerSpun, ProtocolViolated: the process is gone in each case.
        """
        raise NotImplementedError

    def kill(self) -> None:
        """Ends the process and all it started, at once. May be called twice."""
        raise NotImplementedError


class Zygote:
    """A process with the learner's runtime preloaded, from which workers are forked.

    It has boto3 and the frozen clock, and has never seen moto, a test or a solution.
    """

    def spawn(self) -> WorkerProcess:
        """Forks a worker; it waits for its Configure frame."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the zygote and every worker it still has. May be called twice."""
        raise NotImplementedError


def start_zygote() -> Zygote:
    """Starts the zygote in the background and returns at once; `spawn` waits until it is up."""
    raise NotImplementedError
