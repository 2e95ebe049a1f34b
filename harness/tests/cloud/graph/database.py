"""A graph database on a loop of its own: queries in it, and requests to it."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from harness.cloud.engines.graph.errors import GraphError
from harness.cloud.engines.graph.service import GraphService
from harness.simulation.wire import Answer, Reply, Request
from harness.tests.fakes import Simulation

URL = "https://graph.internal:8182"


class Database:
    """The service with nothing in it.

    Attributes:
        graph: the service, with its words for tests.
    """

    def __init__(self, seed: int = 1, kind: type[GraphService] = GraphService) -> None:
        self.simulation = Simulation(seed)
        self.graph = kind(
            name="graph",
            url=URL,
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            randomness=self.simulation.randomness,
            faults=self.simulation.faults,
        )
        self.simulation.gateway.outside["graph.internal:8182"] = ("graph", self.graph)

    def rows(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query answers, at once."""
        return self.graph.query(text, **parameters)

    def value(self, expression: str, **parameters: Any) -> Any:
        """What an expression is."""
        ((row),) = self.rows(f"RETURN {expression} AS value", **parameters)
        return row["value"]

    def refused(self, text: str, **parameters: Any) -> GraphError:
        """The error that a query ends with."""
        try:
            self.rows(text, **parameters)
        except GraphError as error:
            return error
        raise AssertionError(f"{text} was carried out")

    def send(self, request: Request) -> Answer:
        """Sends a request."""
        return self.simulation.send(request)

    def post(self, text: str, parameters: Any = None, *, path: str = "/openCypher") -> tuple[int, Any]:
        """Status and body of the answer to a form."""
        fields = {"query": text} | ({} if parameters is None else {"parameters": json.dumps(parameters)})
        return answered(self.send(form(urlencode(fields), path)))

    def at_once(self, *requests: Request) -> list[Answer]:
        """Sends requests at the same instant."""

        async def send() -> list[Answer]:
            calls = [self.simulation.gateway.send(self.simulation.call(request)) for request in requests]
            return list(await asyncio.gather(*calls))

        return self.simulation.run(send())


def form(body: str, path: str = "/openCypher") -> Request:
    """A form as curl sends it."""
    return Request("POST", URL + path, {"content-type": "application/x-www-form-urlencoded"}, body.encode())


def answered(answer: Answer) -> tuple[int, Any]:
    """Status and parsed body."""
    assert isinstance(answer, Reply)
    return answer.status, json.loads(answer.body)
