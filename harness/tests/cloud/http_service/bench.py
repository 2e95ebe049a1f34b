"""A service on a loop of its own, without gateway, functions or AWS, and calls to it."""

import asyncio
import itertools
import json
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from harness.cloud.engines.http_service.service import HttpService
from harness.faults.board import FaultBoard
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Answer, Call, Caller, Reply, Request

T = TypeVar("T")
S = TypeVar("S", bound=HttpService)


class Bench(Generic[S]):
    """What a service needs around it.

    Attributes:
        answered_ms: virtual time of the latest answer.
    """

    def __init__(self, kind: type[S], *, name: str = "shop", url: str = "http://shop.internal", seed: int = 1) -> None:
        self.loop = VirtualLoop()
        self.clock = self.loop.clock
        self.trace = Trace(self.clock)
        self.faults = FaultBoard(self.clock, self.trace)
        self.service = kind(
            name=name, url=url, loop=self.loop, trace=self.trace, randomness=Randomness(seed), faults=self.faults
        )
        self.answered_ms = 0.0
        self._ids = itertools.count(1)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs to the end of the work; whatever goes on after it does so in the next run."""
        return self.loop.run_until_complete(work)

    def settle(self) -> None:
        """Runs until nothing is left to happen."""
        self.run(self.loop.settled())

    def call(self, method: str, path: str, body: object = None, *, function: str = "Feed") -> Call:
        """A call as the gateway makes it. A body is sent as it is if it is bytes, else as JSON."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Call(
            id=next(self._ids),
            caller=Caller(function=function, environment=f"{function}#1", request_id="r-1"),
            service=self.service.name,
            operation=f"{method} {path.split('?')[0]}",
            target="",
            index=1,
            request=Request(method=method, url=self.service.url + path, body=sent),
        )

    async def send(self, method: str, path: str, body: object = None, *, after_ms: float = 0) -> Answer:
        """The answer to one call, sent after a while."""
        await asyncio.sleep(after_ms / 1000)
        answer = await self.service.answer(self.call(method, path, body))
        self.answered_ms = self.clock.now_us / 1000
        return answer

    async def ask(self, method: str, path: str, body: object = None, *, after_ms: float = 0) -> Reply:
        """As `send`, for whoever expects a reply."""
        answer = await self.send(method, path, body, after_ms=after_ms)
        assert isinstance(answer, Reply), f"no reply: {answer}"
        return answer

    def ask_now(self, method: str, path: str, body: object = None) -> Reply:
        """Sends one call, runs to its answer and returns it."""
        return self.run(self.ask(method, path, body))

    def ask_together(self, *asked: Coroutine[Any, Any, T]) -> list[T]:
        """Runs calls side by side; their answers in the order given."""

        async def all_of_them() -> list[T]:
            return await asyncio.gather(*asked)

        return self.run(all_of_them())


def parsed(reply: Reply) -> Any:
    """The JSON of a reply."""
    return json.loads(reply.body)
