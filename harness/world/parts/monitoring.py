"""CloudWatch: metrics that AWS's services publish, and the alarms of the template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.cloud.engines.cloudwatch.alarm_messages import subject, to_function, to_topic
from harness.cloud.engines.cloudwatch.alarms import Alarm, Alarms, StateChange
from harness.cloud.engines.cloudwatch.metrics import MetricStore
from harness.cloud.engines.cloudwatch.queue_metrics import QueueMetrics
from harness.cloud.engines.cloudwatch.service import CloudWatchService
from harness.cloud.engines.sns.message import Draft
from harness.functions.metrics import LambdaMetrics
from harness.world.monitoring import Monitoring, QueueActivity, TraceReader
from harness.world.source_metrics import SourceMetrics

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


def deploy(deployment: Deployment) -> None:
    """Metrics can be put and read, and the template's alarms watch them."""
    clock = deployment.loop.clock
    start_us = clock.unix_us() - clock.now_us
    store = MetricStore(start_us)
    queues = QueueMetrics(store, deployment.sqs, clock)
    reader = TraceReader(
        deployment.trace,
        [
            LambdaMetrics(store, deployment.functions, start_us).readers,
            queues.readers,
            SourceMetrics(store, deployment.template).readers,
        ],
    )
    store.providers += [reader.catch_up, queues.sample]
    store.forecasters.append(queues.forecast)
    specs = deployment.template.alarms.values()

    alarms = Alarms(deployment.loop, deployment.trace, store, specs, partial(_act, deployment))
    if specs:
        deployment.functions.books.on_activity.append(alarms.notice)
        for watch in deployment.queues.values():
            watch.queue.observers.append(QueueActivity(alarms.notice))
    deployment.gateway.services["monitoring"] = CloudWatchService(clock, store, alarms)
    deployment.monitoring = Monitoring(store, alarms)


def _act(deployment: Deployment, alarm: Alarm, change: StateChange) -> None:
    """Tells the functions and topics that the alarm names for its new state."""
    for arn in alarm.spec.actions[change.after]:
        if arn.startswith("arn:aws:lambda:"):
            deployment.destinations.deliver(arn, to_function(alarm, change), {})
        elif (topic := deployment.sns.topics.find(arn)) is not None:
            draft = Draft(text=to_topic(alarm, change), subject=subject(alarm, change))
            deployment.sns.publishing.take(topic, draft, "AWS")
