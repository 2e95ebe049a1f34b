"""Health checks of functions behind a load balancer: off by default, invocations like any other when on.

A target group with one target sends requests there however it is (it fails open), so a check
changes nothing but what DescribeTargetHealth says, and what it costs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda
"""

import asyncio
import json

from harness.cloud.engines.elbv2.store import BalancerStore
from harness.cloud.template.model_balancer import TargetGroupSpec
from harness.event_sources.balancer_answers import MalformedAnswer, answer_of
from harness.event_sources.balancer_events import health_check_event
from harness.functions.api import qualifier_in
from harness.functions.fleet import Throttled
from harness.functions.invocation import InvokeRequest
from harness.functions.service import LambdaService, NoSuchFunction
from harness.functions.versions import NoSuchQualifier
from harness.simulation.loop import VirtualLoop


class HealthChecks:
    """The checks of one target group of functions."""

    ticks = True

    def __init__(self, group_arn: str, store: BalancerStore, loop: VirtualLoop, functions: LambdaService) -> None:
        self._arn = group_arn
        self._store = store
        self._loop = loop
        self._functions = functions
        self._in_a_row: list[bool] = []

    def start(self) -> None:
        """Checks now, and again after each interval."""
        self._loop.keep(self._check_for_ever())

    async def _check_for_ever(self) -> None:
        while group := self._store.groups.get(self._arn):
            for target in group.targets:
                self._judge(group, target.id, well=await self._check(group, target.id))
            await asyncio.sleep(group.health_check.interval_s)

    async def _check(self, group: TargetGroupSpec, target_id: str) -> bool:
        multi_value = group.attributes.get("lambda.multi_value_headers.enabled") == "true"
        event = json.dumps(health_check_event(group.health_check.path, group.arn, multi_value=multi_value)).encode()
        try:
            function = self._functions.find(target_id).logical_id
            asked = InvokeRequest(qualifier=qualifier_in(target_id))
            work = self._loop.create_task(self._functions.invoke(function, event, cause="health check", request=asked))
            done, _ = await asyncio.wait([work], timeout=group.health_check.timeout_s)
            result = work.result() if done else None
            if result is None or result.function_error:
                return False
            return _fits(group.health_check.matcher, answer_of(result.payload, multi_value=multi_value).status)
        except (NoSuchFunction, NoSuchQualifier, Throttled, MalformedAnswer):
            return False

    def _judge(self, group: TargetGroupSpec, target_id: str, *, well: bool) -> None:
        """As many results in a row as the threshold asks for change the state; the first success is enough."""
        self._in_a_row = [*self._in_a_row, well] if self._in_a_row[-1:] == [well] else [well]
        known = (group.arn, target_id) in self._store.health
        threshold = group.health_check.healthy_threshold if well else group.health_check.unhealthy_threshold
        if len(self._in_a_row) >= threshold or (well and not known):
            self._store.health[(group.arn, target_id)] = "healthy" if well else "unhealthy"


def _fits(matcher: str, status: int) -> bool:
    """Whether a status is one of "200", "200,202", "200-299"."""
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if low.isdigit() and int(low) <= status <= int(high if high.isdigit() else low):
            return True
    return False
