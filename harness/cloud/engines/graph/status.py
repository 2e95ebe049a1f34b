"""What Neptune says of itself.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-status.html
and https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-status.html
"""

from datetime import datetime
from typing import Any


def engine_status(began: datetime, query_timeout_ms: int, *, reader: bool) -> dict[str, Any]:
    """The answer to GET /status."""
    return {
        "status": "healthy",
        "startTime": began.strftime("%a %b %d %H:%M:%S UTC %Y"),
        "dbEngineVersion": "1.4.0.0",
        "role": "reader" if reader else "writer",
        "dfeQueryEngine": "viaQueryHint",
        "opencypher": {"version": "Neptune-9.0.20190305-1.0"},
        "settings": {"clusterQueryTimeoutInMs": str(query_timeout_ms)},
    }


def query_status() -> dict[str, Any]:
    """The answer to GET /openCypher/status: a query here is done at one instant, so none is ever running."""
    return {"acceptedQueryCount": 0, "runningQueryCount": 0, "queries": []}
