"""Reads a learner's SAM template: `read_template(folder, ...)` gives a `Template` of plain data.

Which resource types and properties there are: `schema.py`. What comes out: `model.py`. What
can be wrong: `errors.py`.
"""

from harness.cloud.template.errors import TemplateError
from harness.cloud.template.model import (
    AcceptedSpec,
    AsynchronousSpec,
    EventSourceSpec,
    FunctionSpec,
    QueueMapping,
    QueueSpec,
    StreamMapping,
    TableSpec,
    Template,
)
from harness.cloud.template.model_api import (
    ApiSpec,
    AuthorizerSpec,
    CorsSpec,
    GatewayResponseSpec,
    IntegrationSpec,
    MappedResponseSpec,
    RouteSpec,
    ThrottlingSpec,
    UsagePlanSpec,
)
from harness.cloud.template.reader import read_template

__all__ = [
    "AcceptedSpec",
    "ApiSpec",
    "AsynchronousSpec",
    "AuthorizerSpec",
    "CorsSpec",
    "EventSourceSpec",
    "FunctionSpec",
    "GatewayResponseSpec",
    "IntegrationSpec",
    "MappedResponseSpec",
    "QueueMapping",
    "QueueSpec",
    "RouteSpec",
    "StreamMapping",
    "TableSpec",
    "Template",
    "TemplateError",
    "ThrottlingSpec",
    "UsagePlanSpec",
    "read_template",
]
