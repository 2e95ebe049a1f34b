"""Functions and aliases as Lambda's API describes them.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
"""

import base64
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from harness.functions.fleet import Function
from harness.functions.versions import LATEST, Alias
from harness.simulation.clock import EPOCH


def described(function: Function, version: str, qualifier: str = "") -> dict[str, Any]:
    """The configuration of a version; its ARN has the qualifier that was asked for."""
    spec = function.versions.spec(version)
    ending = qualifier or ("" if version == LATEST else version)
    size_bytes, digest = _code(spec.code_dir)
    answer: dict[str, Any] = {
        "FunctionName": spec.name,
        "FunctionArn": f"{spec.arn}:{ending}" if ending else spec.arn,
        "Runtime": spec.runtime,
        "Role": spec.role or f"arn:aws:iam::{spec.arn.split(':')[4]}:role/{spec.logical_id}Role",
        "Handler": spec.handler,
        "CodeSize": size_bytes,
        "CodeSha256": digest,
        "Description": spec.description,
        "Timeout": spec.timeout_s,
        "MemorySize": spec.memory_mb,
        "LastModified": f"{EPOCH:%Y-%m-%dT%H:%M:%S}.000+0000",
        "Version": version,
        "TracingConfig": {"Mode": spec.tracing},
        "RevisionId": _revision(spec.arn, version, spec),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": spec.ephemeral_storage_mb},
        "LoggingConfig": _logging(function),
    }
    if spec.variables:
        answer["Environment"] = {"Variables": dict(spec.variables)}
    if spec.asynchronous.dead_letter_arn:
        answer["DeadLetterConfig"] = {"TargetArn": spec.asynchronous.dead_letter_arn}
    return answer


def alias_description(function: Function, alias: Alias) -> dict[str, Any]:
    """An alias."""
    answer: dict[str, Any] = {
        "AliasArn": f"{function.spec.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": _revision(function.spec.arn, alias.name, alias),
    }
    if alias.weights:
        answer["RoutingConfig"] = {"AdditionalVersionWeights": dict(alias.weights)}
    return answer


def _logging(function: Function) -> dict[str, str]:
    logging = function.spec.logging
    levels = {"ApplicationLogLevel": logging.application_level, "SystemLogLevel": logging.system_level}
    json_only = levels if logging.format == "JSON" else {}
    return {"LogFormat": logging.format, **json_only, "LogGroup": function.spec.log_group}


def _code(folder: Path) -> tuple[int, str]:
    """Bytes and digest of the code."""
    state, size_bytes = hashlib.sha256(), 0
    for path in sorted(folder.rglob("*.py")) if folder.is_dir() else []:
        content = path.read_bytes()
        size_bytes += len(content)
        state.update(str(path.relative_to(folder)).encode() + b"\0" + content)
    return size_bytes, base64.b64encode(state.digest()).decode()


def _revision(*state: object) -> str:
    """An id that changes with what it stands for."""
    digest = hashlib.blake2b("/".join(map(repr, state)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))
