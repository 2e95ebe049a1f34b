"""What a function can know about itself: environment variables and context object.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
and https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

import random

from harness.cloud.account import REGION
from harness.cloud.template import FunctionSpec
from harness.simulation.clock import Clock


def log_stream_name(clock: Clock, chance: random.Random) -> str:
    """The log stream of a new environment: date, version and 32 hexadecimal digits."""
    return f"{clock.utcnow():%Y/%m/%d}/[$LATEST]{chance.getrandbits(128):032x}"


def variables(function: FunctionSpec, log_stream: str, temporary_dir: str) -> dict[str, str]:
    """The whole environment of a function's process."""
    runtime = function.runtime or "python3.12"
    return {
        "_HANDLER": function.handler,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_ACCESS_KEY_ID": "ASIAKATA000000000000",
        "AWS_SECRET_ACCESS_KEY": "kata-secret-key-of-a-simulated-role",
        "AWS_SESSION_TOKEN": "kata-session-token",
        "LAMBDA_TASK_ROOT": str(function.code_dir),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "TMPDIR": temporary_dir,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **function.variables,
    }


def context(function: FunctionSpec, request_id: str, log_stream: str) -> dict[str, str]:
    """The attributes of the Lambda context object."""
    return {
        "function_name": function.name,
        "function_version": "$LATEST",
        "invoked_function_arn": function.arn,
        "memory_limit_in_mb": str(function.memory_mb),
        "aws_request_id": request_id,
        "log_group_name": f"/aws/lambda/{function.name}",
        "log_stream_name": log_stream,
    }


def trace_header(chance: random.Random, clock: Clock) -> str:
    """The X-Ray header of an invocation."""
    root = f"1-{int(clock.unix_s()):08x}-{chance.getrandbits(96):024x}"
    return f"Root={root};Parent={chance.getrandbits(64):016x};Sampled=0"
