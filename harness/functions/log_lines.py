"""The lines Lambda itself writes into a function's log, as text and as JSON.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
and https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

import json
import math
from datetime import timedelta
from typing import Any

from harness.cloud.template import FunctionSpec
from harness.functions import limits
from harness.functions.invocation import Ending, Invocation
from harness.functions.log_journal import InitPhase
from harness.simulation.clock import EPOCH

_LEVELS = ("DEBUG", "INFO", "WARN")


class PlatformLines:
    """Writes Lambda's own lines in the format the function is configured for.

    Each method gives texts without line breaks at their ends; in JSON format, records below the
    system log level are left out.
    """

    def __init__(self, spec: FunctionSpec) -> None:
        self._spec = spec
        self._json = spec.logging.format == "JSON"

    def init_start(self, at_us: int) -> list[str]:
        """An environment begins its init phase."""
        runtime = self._spec.runtime.replace("python", "python:")
        if self._json:
            record = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": f"{runtime}.v1"}
            return self._record(at_us, "platform.initStart", record, "INFO")
        arn = f"arn:aws:lambda:{self._spec.arn.split(':')[3]}::runtime:{'0' * 64}"
        return [f"INIT_START Runtime Version: {runtime}.v1\tRuntime Version ARN: {arn}"]

    def init_report(self, phase: InitPhase) -> list[str]:
        """An init phase failed."""
        assert phase.ended_us is not None
        name, status = ("invoke" if phase.again else "init"), ("timeout" if phase.error == "timeout" else "error")
        if self._json:
            record: dict[str, Any] = {"initializationType": "on-demand", "phase": name, "status": status}
            record["metrics"] = {"durationMs": phase.duration_ms}
            return self._record(phase.ended_us, "platform.initReport", record, "INFO")
        kind = f"\tError Type: {phase.error}" if status == "error" else ""
        return [f"INIT_REPORT Init Duration: {phase.duration_ms:.2f} ms\tPhase: {name}\tStatus: {status}{kind}"]

    def start(self, invocation: Invocation, at_us: int) -> list[str]:
        """The handler is about to be called."""
        if self._json:
            record = {"requestId": invocation.request_id, "version": invocation.version}
            return self._record(at_us, "platform.start", record, "INFO")
        return [f"START RequestId: {invocation.request_id} Version: {invocation.version}"]

    def end(self, invocation: Invocation, init: InitPhase | None) -> list[str]:
        """An invocation ended: how, and what it cost.

        Args:
            init: the cold start before it; None: it found a warm environment.
        """
        duration_ms = invocation.duration_ms
        init_ms = init.duration_ms if init else 0.0
        if self._json:
            return self._json_end(invocation, duration_ms, init_ms)
        request_id = invocation.request_id
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {duration_ms:.2f} ms\t"
            f"Billed Duration: {billed_ms(duration_ms + init_ms)} ms\tMemory Size: {self._spec.memory_mb} MB\t"
            f"Max Memory Used: {min(limits.MEMORY_USED_MB, self._spec.memory_mb)} MB\t"
        )
        report += f"Init Duration: {init_ms:.2f} ms\t" if init_ms else ""
        return [*self._epitaph(invocation), f"END RequestId: {request_id}", report + _status(invocation)]

    def _json_end(self, invocation: Invocation, duration_ms: float, init_ms: float) -> list[str]:
        metrics: dict[str, Any] = {
            "durationMs": duration_ms,
            "billedDurationMs": billed_ms(duration_ms + init_ms),
            "memorySizeMB": self._spec.memory_mb,
            "maxMemoryUsedMB": min(limits.MEMORY_USED_MB, self._spec.memory_mb),
        }
        if init_ms:
            metrics["initDurationMs"] = init_ms
        record: dict[str, Any] = {"requestId": invocation.request_id, "metrics": metrics}
        record["status"] = {Ending.SUCCEEDED: "success", Ending.TIMED_OUT: "timeout"}.get(invocation.ending, "error")
        if error_type := _error_type(invocation):
            record["errorType"] = error_type
        assert invocation.ended_us is not None
        return self._record(invocation.ended_us, "platform.report", record, "INFO")

    def _epitaph(self, invocation: Invocation) -> list[str]:
        """What Lambda writes where the handler could not."""
        if invocation.result is None or _error_type(invocation) != "Runtime.ExitError":
            if invocation.ending is not Ending.TIMED_OUT:
                return []
            assert invocation.ended_us is not None
            words = f"Task timed out after {self._spec.timeout_s}.00 seconds"
            return [f"{_iso(invocation.ended_us)} {invocation.request_id} {words}", ""]
        message = json.loads(invocation.result.payload)["errorMessage"]
        return [message, "Runtime.ExitError"]

    def _record(self, at_us: int, kind: str, record: dict[str, Any], level: str) -> list[str]:
        if _LEVELS.index(level) < _LEVELS.index(self._spec.logging.system_level):
            return []
        return [json.dumps({"time": _iso(at_us), "type": kind, "record": record})]


def billed_ms(duration_ms: float) -> int:
    """Duration rounded up to a whole millisecond; the init phase of a cold start is billed, too.

    Source: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    """
    return max(1, math.ceil(duration_ms))


def _iso(at_us: int) -> str:
    moment = EPOCH + timedelta(microseconds=at_us)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _status(invocation: Invocation) -> str:
    if invocation.ending is Ending.TIMED_OUT:
        return "Status: timeout"
    error_type = _error_type(invocation)
    return f"Status: error\tError Type: {error_type}" if error_type.startswith("Runtime.") else ""


def _error_type(invocation: Invocation) -> str:
    result = invocation.result
    if result is None or not result.function_error:
        return ""
    return str(json.loads(result.payload)["errorType"])
