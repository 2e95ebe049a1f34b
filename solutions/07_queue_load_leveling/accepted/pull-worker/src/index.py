"""Asks the search index until it answers as a whole."""

import time
from typing import Any

import search


class Unavailable(Exception):
    """It did not, for half a minute."""


def ask(method: str, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer of the index, with nothing left out."""
    for pause_s in (1, 2, 4, 8, 15, 0):
        try:
            answer = search.request(method, path, query)
        except search.NoAnswer as trouble:
            print(trouble)
        else:
            shards = answer.body.get("_shards", {})
            if answer.status == 200 and not answer.body.get("timed_out") and not shards.get("failed"):
                return answer.body
            print(f"{method} {path}: {answer.status}, {shards}")
        time.sleep(pause_s)
    raise Unavailable(path)
