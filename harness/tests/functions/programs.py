"""Handlers of the tests of the Lambda service, and what is read off their ends."""

import json
from typing import Any

from harness.functions.invocation import Result
from harness.tests.fakes import sleep


def started_ms(worker) -> Any:
    """When the handler itself began, after the cold start."""
    return worker.simulation.workers[-1].received[-1].unix_us / 1000


def error_of(result: Result) -> Any:
    assert result.function_error == "Unhandled"
    return json.loads(result.payload)


def napping(seconds: float):
    def handler(event):
        yield sleep(seconds)
        return "rested"

    return handler
