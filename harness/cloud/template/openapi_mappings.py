"""Builds the integrations of a document that are no functions, with what they map from and to.

What API Gateway refuses when it imports the document is refused here: a mapping that names a
parameter, a status or a header which the method does not declare.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
"""

import json
import re
from collections.abc import Mapping

from harness.cloud.template.errors import MissingProperty, PropertyOutOfRange, UnsupportedProperty
from harness.cloud.template.model_api import IntegrationSpec, MappedResponseSpec
from harness.cloud.template.shapes import Spot
from harness.cloud.template.tree import Map, section

_S3_URI = re.compile(r"arn:aws:apigateway:[a-z0-9-]+:s3:path/(?P<path>[^/].*)")
_TARGET = re.compile(r"integration\.request\.(path|querystring|header)\.(.+)")
_SOURCE = re.compile(
    r"'[^']*'|method\.request\.(?P<where>path|querystring|header)\.(?P<name>.+)|stageVariables\.\w+|context\.\w+"
)
_RESPONSE_TARGET = re.compile(r"method\.response\.header\.(.+)")
_RESPONSE_SOURCE = re.compile(r"'[^']*'|integration\.response\.header\..+")
_IN = {"path": "path", "querystring": "query", "header": "header"}

Declared = set[tuple[str, str]]


def integration_of(
    integration: Map, declared: Declared, responses: Mapping[str, frozenset[str]], spot: Spot
) -> IntegrationSpec:
    """The integration of a method.

    Args:
        declared: place and name of each parameter of the method.
        responses: header names (lower case) of each response of the method, by status.

    Raises:
        UnsupportedProperty: there is no such integration here.
    """
    kind = integration["type"].lower()
    if kind == "mock":
        return IntegrationSpec(
            kind="mock", mock_status=_mock_status(integration, spot), responses=_responses(integration, responses, spot)
        )
    if "requestTemplates" in integration:
        raise _unsupported("requestTemplates", integration, spot, "pass the body on as it is")
    uri = integration.get("uri", "")
    s3 = _S3_URI.fullmatch(uri) if kind == "aws" else None
    if kind == "aws" and not s3:
        raise _unsupported("uri", integration, spot, "arn:aws:apigateway:${AWS::Region}:s3:path/${Bucket}/{key}")
    if kind == "http":
        raise _unsupported("type", integration, spot, "use http_proxy")
    for key in ("httpMethod", "uri", *(("credentials",) if s3 else ())):
        if key not in integration:
            raise spot.error(
                MissingProperty, f"{spot.path} of {spot.resource} lacks {key}.", expected=f"a value for {key}"
            )
    if not s3 and not re.fullmatch(r"https?://[^/?#\s]+[^?#\s]*", uri):
        raise spot.below("uri", integration.value_place("uri")).refused(uri, "a URL, without a query")
    return IntegrationSpec(
        kind="s3" if s3 else "http_proxy",
        method=integration["httpMethod"].upper(),
        uri=s3["path"] if s3 else uri,
        parameters=_parameters(integration, declared, spot),
        responses=_responses(integration, responses, spot) if s3 else (),
    )


def _mock_status(integration: Map, spot: Spot) -> int:
    templates = section(integration, "requestTemplates")
    try:
        status = json.loads(templates.get("application/json", ""))["statusCode"]
    except (ValueError, KeyError, TypeError, RecursionError):
        status = None
    if not isinstance(status, int) or isinstance(status, bool):
        raise spot.below("requestTemplates", templates.place).refused(
            templates, "application/json: '{\"statusCode\": 200}': a mock answers what its template says"
        )
    return status


def _parameters(integration: Map, declared: Declared, spot: Spot) -> dict[str, str]:
    found = section(integration, "requestParameters")
    parameters = {}
    for target, source in found.items():
        inside = spot.below(f"requestParameters.{target}", found.value_place(target))
        names, sources = _TARGET.fullmatch(target), _SOURCE.fullmatch(source)
        if not names or not sources:
            raise inside.error(
                UnsupportedProperty, f"{inside.path} of {inside.resource} is {source}.",
                expected="integration.request.path|querystring|header.NAME: "
                "method.request.path|querystring|header.NAME, stageVariables.NAME, context.NAME or 'text'",
            )  # fmt: skip
        if sources["where"] and (_IN[sources["where"]], sources["name"]) not in declared:
            raise inside.refused(
                source, f"a parameter of the method: {{name: {sources['name']}, in: {_IN[sources['where']]}}}"
            )
        parameters[f"{names[1]}.{names[2]}"] = source
    return parameters


def _responses(integration: Map, declared: Mapping[str, frozenset[str]], spot: Spot) -> tuple[MappedResponseSpec, ...]:
    found = section(integration, "responses")
    mapped = []
    for pattern, response in found.items():
        inside = spot.below(f"responses.{pattern}", found.key_place(pattern))
        status = response["statusCode"]
        if str(status) not in declared:
            raise inside.refused(
                status, "a status among the method's own responses", try_=f'add responses: {{"{status}": ...}}'
            )
        mapped.append(
            MappedResponseSpec(
                pattern="" if pattern == "default" else _checked_pattern(pattern, inside),
                status=status,
                headers=_headers(section(response, "responseParameters"), declared[str(status)], inside),
                body=_body(section(response, "responseTemplates"), inside),
            )
        )
    return tuple(mapped)


def _checked_pattern(pattern: str, spot: Spot) -> str:
    """A status in digits, or a class of them: a free expression could keep the judge busy for ever."""
    if not re.fullmatch(r"[1-5][0-9]{2}|([1-5]|\[[1-5]{1,5}\])(\\d\{2\}|\\d\\d|\.\.|\.\{2\})", pattern):
        raise spot.error(
            PropertyOutOfRange, f"{spot.path} of {spot.resource} is no pattern this simulator reads.",
            expected=r'a status ("404"), a class of them ("4\d{2}", "[45]\d{2}") or default',
        )  # fmt: skip
    return pattern


def _headers(parameters: Map, declared: frozenset[str], spot: Spot) -> dict[str, str]:
    headers = {}
    for target, source in parameters.items():
        inside = spot.below(f"responseParameters.{target}", parameters.value_place(target))
        name = _RESPONSE_TARGET.fullmatch(target)
        if not name or not _RESPONSE_SOURCE.fullmatch(source):
            raise inside.error(
                UnsupportedProperty, f"{inside.path} of {inside.resource} is {source}.",
                expected="method.response.header.NAME: integration.response.header.NAME or 'text'",
            )  # fmt: skip
        if name[1].lower() not in declared:
            raise inside.refused(target, f"a header that the method declares: responses.STATUS.headers.{name[1]}")
        headers[name[1]] = source
    return headers


def _body(templates: Map, spot: Spot) -> str | None:
    if not templates:
        return None
    text: str = templates.get("application/json", next(iter(templates.values())))
    if "$" in text or "#" in text:
        raise spot.below("responseTemplates", templates.place).error(
            UnsupportedProperty, f"A template of {spot.path} of {spot.resource} is written in VTL.",
            expected="plain text", try_="map the answer in a function, or pass it on as it is",
        )  # fmt: skip
    return text


def _unsupported(key: str, integration: Map, spot: Spot, instead: str) -> Exception:
    inside = spot.below(key, integration.value_place(key))
    happened = f"{inside.path} of {inside.resource} is not supported by this simulator: {integration.get(key, '')}."
    return inside.error(UnsupportedProperty, happened, expected=instead)
