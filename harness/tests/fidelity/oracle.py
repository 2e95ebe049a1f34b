"""boto3 clients of a test that call a deployed app's cloud, and keep what botocore made of each answer."""

import contextlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel

from harness.tests.fidelity.conftest import App
from harness.tests.fidelity.shapes import misfits, unknown_members


@dataclass(frozen=True)
class Answered:
    """An answer, as it came and as botocore read it.

    Attributes:
        code: of the error, where a service has two the one of its model; "" where there is none.
    """

    operation: OperationModel
    body: bytes
    parsed: dict[str, Any]
    code: str

    def misfits(self) -> list[str]:
        """Where it is not what the service model says, a sentence each."""
        name = f"{self.operation.service_model.service_name} {self.operation.name}"
        shape = self.operation.output_shape
        shown = {key: value for key, value in self.parsed.items() if key != "ResponseMetadata"}
        found = [*misfits(shown, shape)] if shape is not None else []
        return [f"{name}: {one}" for one in (*found, *unknown_members(self.body, self.operation))]


class Oracle:
    """Clients of any AWS service of one app.

    Attributes:
        answers: to everything that was called, in order.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.answers: list[Answered] = []

    def client(self, service: str, *, checked: bool = True) -> Any:
        """A client without retries; unless checked, it sends whatever it is given."""
        client = boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=checked),
        )
        client.meta.events.register("before-send.*.*", self._send)
        client.meta.events.register("after-call.*.*", self._keep)
        return client

    def call_all(self, client: Any, operations: Iterable[str]) -> None:
        """Calls each operation with next to nothing: whether there is one is all that shows."""
        for name in operations:
            model = client.meta.service_model.operation_model(name)
            in_path = re.findall(r"{(\w+)\+?}", model.http["requestUri"])
            members = model.input_shape.members if model.input_shape else {}
            named = {member: "x" for member, shape in members.items() if shape.serialization.get("name") in in_path}
            if not model.has_event_stream_output:
                with contextlib.suppress(ClientError, BotoCoreError):
                    getattr(client, xform_name(name))(**named)

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        answer = self._app.run(self._app.world.fetch(request.method, request.url, body=request.body, headers=headers))
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))

    def _keep(self, http_response: AWSResponse, parsed: Any, model: OperationModel, **_: Any) -> None:
        error = parsed.get("Error", {}) if http_response.status_code >= 300 else {}
        code = str(error.get("QueryErrorCode") or error.get("Code", ""))
        streaming = model.has_streaming_output
        self.answers.append(Answered(model, b"" if streaming else http_response.content, parsed, code))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterable[bytes]:
        yield self.read()


def declared_codes(operation: OperationModel) -> set[str]:
    """The error codes that an operation has by its service model, older names of the query protocol included."""
    shapes = operation.error_shapes
    older = {shape.metadata["error"]["code"] for shape in shapes if "code" in shape.metadata.get("error", {})}
    return {shape.error_code for shape in shapes} | {shape.name for shape in shapes} | older
