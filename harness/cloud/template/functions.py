"""Builds the specs of functions: code, limits, variables, what becomes of failures.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from typing import Any

from harness.cloud.template.errors import (
    DuplicateName,
    MissingProperty,
    PropertiesContradict,
    PropertyOutOfRange,
    ReservedVariable,
)
from harness.cloud.template.folder import check_handler, code_directory
from harness.cloud.template.model import AsynchronousSpec, FunctionSpec
from harness.cloud.template.model_functions import LoggingSpec
from harness.cloud.template.schema import BUCKET, EVENT_BUS, FUNCTION, QUEUE, TOPIC
from harness.cloud.template.shapes import words
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Items, Map, plain, section

VARIABLES_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
VARIABLES_LIMIT_BYTES = 4096
RESERVED_VARIABLES = frozenset(
    words("""
    _HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE
    AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR
    """)
)
"""Variables a template may not set. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""

DESTINATION_TYPES = {
    "SQS": (QUEUE,),
    "SNS": (TOPIC,),
    "Lambda": (FUNCTION,),
    "S3Bucket": (BUCKET,),
    "EventBridge": (EVENT_BUS,),
}
"""Destinations the simulator delivers to, and the resource type each must be."""


def function_specs(stack: Stack) -> dict[str, FunctionSpec]:
    """All functions of the template."""
    specs: dict[str, FunctionSpec] = {}
    for function in stack.of(FUNCTION):
        spec = _function(function, stack)
        for other in specs.values():
            if other.name == spec.name:
                raise function.spot("FunctionName").error(
                    DuplicateName, f"{spec.logical_id} and {other.logical_id} have the same name: {spec.name}.",
                    expected="a name of its own for each",
                )  # fmt: skip
        specs[function.logical_id] = spec
    return specs


def _function(function: Resource, stack: Stack) -> FunctionSpec:
    properties = function.properties
    code_uri = properties["CodeUri"]
    code = code_directory(stack.folder, code_uri, function.spot("CodeUri"))
    check_handler(code, code_uri, properties["Handler"], function.spot("Handler"))
    return FunctionSpec(
        logical_id=function.logical_id,
        name=stack.name(function.logical_id),
        arn=stack.attribute(function.logical_id, "Arn"),
        handler=properties["Handler"],
        code_dir=code,
        runtime=properties["Runtime"],
        timeout_s=properties.get("Timeout", 3),
        memory_mb=properties.get("MemorySize", 128),
        ephemeral_storage_mb=section(properties, "EphemeralStorage").get("Size", 512),
        variables=_variables(function),
        reserved_concurrency=properties.get("ReservedConcurrentExecutions"),
        alias=properties.get("AutoPublishAlias", ""),
        asynchronous=_asynchronous(function, stack),
        policies=tuple(_policies(properties.get("Policies"))),
        role=properties.get("Role", ""),
        recursive_loop=properties.get("RecursiveLoop", "Terminate"),
        description=properties.get("Description", ""),
        tracing="Active" if properties.get("Tracing") == "Active" else "PassThrough",
        logging=_logging(function),
        provisioned_concurrency=_provisioned(function),
        line=function.place.line,
    )


def _variables(function: Resource) -> dict[str, str]:
    variables = section(section(function.properties, "Environment"), "Variables")
    spot = function.spot("Environment")
    for name in variables:
        if name in RESERVED_VARIABLES:
            raise spot.below(f"Variables.{name}", variables.key_place(name)).error(
                ReservedVariable, f"{function.logical_id} sets the variable {name}, which belongs to Lambda.",
                expected="a name Lambda does not use itself", try_="remove it: Lambda sets it", see=VARIABLES_PAGE,
            )  # fmt: skip
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > VARIABLES_LIMIT_BYTES:
        raise spot.error(
            PropertyOutOfRange, f"The variables of {function.logical_id} have {size} bytes.",
            expected=f"at most {VARIABLES_LIMIT_BYTES} bytes, names and values together", see=VARIABLES_PAGE,
        )  # fmt: skip
    return dict(variables)


def _logging(function: Resource) -> LoggingSpec:
    config = section(function.properties, "LoggingConfig")
    for key in ("ApplicationLogLevel", "SystemLogLevel"):
        if key in config and config.get("LogFormat") != "JSON":
            raise function.spot("LoggingConfig").below(key, config.value_place(key)).error(
                PropertiesContradict, f"{function.logical_id} has {key}, and its LogFormat is not JSON.",
                expected="log levels with LogFormat JSON only", try_="LogFormat: JSON",
            )  # fmt: skip
    return LoggingSpec(
        format=config.get("LogFormat", "Text"),
        application_level=config.get("ApplicationLogLevel", "INFO"),
        system_level=config.get("SystemLogLevel", "INFO"),
        group=config.get("LogGroup", ""),
    )


def _provisioned(function: Resource) -> int:
    if "ProvisionedConcurrencyConfig" not in function.properties:
        return 0
    count: int = function.properties["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"]
    reserved = function.properties.get("ReservedConcurrentExecutions")
    spot = function.spot("ProvisionedConcurrencyConfig")
    if "AutoPublishAlias" not in function.properties:
        raise spot.error(
            MissingProperty, f"{function.logical_id} has ProvisionedConcurrencyConfig, and no AutoPublishAlias.",
            expected="an alias: $LATEST cannot be provisioned", try_="AutoPublishAlias: live",
        )  # fmt: skip
    if reserved is not None and count > reserved:
        raise spot.refused(count, f"at most ReservedConcurrentExecutions, which is {reserved}")
    return count


def _policies(value: Any) -> list[Any]:
    if value is None:
        return []
    return [plain(item) for item in value] if isinstance(value, Items) else [plain(value)]


def _asynchronous(function: Resource, stack: Stack) -> AsynchronousSpec:
    config = section(function.properties, "EventInvokeConfig")
    destinations = section(config, "DestinationConfig")
    default = AsynchronousSpec()
    return AsynchronousSpec(
        maximum_retry_attempts=config.get("MaximumRetryAttempts", default.maximum_retry_attempts),
        maximum_event_age_s=config.get("MaximumEventAgeInSeconds", default.maximum_event_age_s),
        on_success=_target(destinations, "OnSuccess", "Destination", function, stack),
        on_failure=_target(destinations, "OnFailure", "Destination", function, stack),
        dead_letter_arn=_target(function.properties, "DeadLetterQueue", "TargetArn", function, stack),
    )


def _target(parent: Map, key: str, arn_key: str, function: Resource, stack: Stack) -> str:
    """The ARN a failed or successful event is sent to; "" if the property is not there."""
    if key not in parent:
        return ""
    target: Map = parent[key]
    kind_spot = function.spot().below(f"{key}.Type", target.value_place("Type"))
    if target["Type"] == "S3Bucket" and key == "OnSuccess":
        raise kind_spot.refused(target["Type"], "SQS, SNS, Lambda or EventBridge: a bucket takes failures only")
    if target["Type"] not in DESTINATION_TYPES:
        raise kind_spot.refused(target["Type"], f"one of {', '.join(DESTINATION_TYPES)}: others are not simulated yet")
    spot = function.spot().below(f"{key}.{arn_key}", target.value_place(arn_key))
    return stack.target(target[arn_key], DESTINATION_TYPES[target["Type"]], spot)
