"""The ledger: keeps what it is sent."""

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply


class Ledger(HttpService):
    """Holds notes in the order they were written."""

    def begin(self) -> None:
        """No note has been written."""
        self.notes: list[str] = []

    @route("POST", "/notes", base_ms=40)
    def write(self, request: ServiceRequest) -> Reply:
        """Writes a note."""
        self.notes.append(request.body["note"])
        return json_reply(201, {"number": len(self.notes)})
