"""What a function can know about itself: environment variables and context object.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
and https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

import random

from harness.cloud.account import REGION
from harness.cloud.permissions.access_keys import access_key
from harness.cloud.template import FunctionSpec
from harness.functions.environment import Environment
from harness.functions.invocation import Invocation
from harness.simulation.clock import Clock

SECRET_ACCESS_KEY = "kata-secret-key-of-a-simulated-role"
"""With what a function signs its requests, and the URLs it gives away."""


def log_stream_name(version: str, clock: Clock, chance: random.Random) -> str:
    """The log stream of a new environment: date, version and 32 hexadecimal digits."""
    return f"{clock.utcnow():%Y/%m/%d}/[{version}]{chance.getrandbits(128):032x}"


def variables(environment: Environment, temporary_dir: str) -> dict[str, str]:
    """The whole environment of a function's process."""
    function = environment.spec
    return {
        "_HANDLER": function.handler,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime or 'python3.12'}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": environment.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency" if environment.provisioned else "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": environment.log_stream,
        **_logging(function),
        "AWS_ACCESS_KEY_ID": access_key(function.logical_id),
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_SESSION_TOKEN": "kata-session-token",
        "LAMBDA_TASK_ROOT": str(function.code_dir),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "TMPDIR": temporary_dir,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **function.variables,
    }


def _logging(function: FunctionSpec) -> dict[str, str]:
    """What tells the runtime and Powertools how to log; only where the log format is JSON.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    if function.logging.format != "JSON":
        return {}
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": function.logging.application_level}


def context(environment: Environment, invocation: Invocation) -> dict[str, str]:
    """The attributes of the Lambda context object."""
    function = environment.spec
    attributes = {
        "function_name": function.name,
        "function_version": environment.version,
        "invoked_function_arn": invocation.invoked_arn or function.arn,
        "memory_limit_in_mb": str(function.memory_mb),
        "aws_request_id": invocation.request_id,
        "log_group_name": function.log_group,
        "log_stream_name": environment.log_stream,
    }
    if invocation.client_context:
        attributes["client_context"] = invocation.client_context
    return attributes
