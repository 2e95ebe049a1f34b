"""Deploys a submission: template in, running cloud out. The one place that builds it all."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cloud.account import ACCOUNT_ID, REGION, Account, UnknownEndpoint
from harness.cloud.dynamodb import DynamoDb
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.gateway import AwsService, Gateway, Services
from harness.cloud.resources import create_parameters, create_queues, create_tables
from harness.cloud.table_stream import TableStream
from harness.cloud.template import (
    Template,
    read_template,
)
from harness.event_sources.registry import refuse_what_is_missing
from harness.faults.board import FaultBoard
from harness.functions.api import LambdaApi
from harness.functions.asynchronous import Asynchronous
from harness.functions.service import LambdaService, WorkerSetting
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Reply
from harness.world.deliveries import QueueWatch
from harness.world.destinations import Destinations, to_queues
from harness.world.enforcement import enforce_permissions
from harness.world.fault_beginnings import FaultBeginnings
from harness.world.mappings import map_queue
from harness.world.parts import PARTS, build
from harness.world.policies import set_queue_policies

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cloud.engines.athena.service import AthenaService
    from harness.cloud.engines.elbv2.store import BalancerStore
    from harness.cloud.engines.events.service import EventsService
    from harness.cloud.engines.http_service.service import HttpService
    from harness.cloud.engines.kinesis.stream import Stream
    from harness.cloud.engines.scheduler.service import SchedulerService
    from harness.cloud.engines.sns.service import SnsService
    from harness.cloud.s3.service import S3Service
    from harness.cloud.time_to_live import TimeToLive
    from harness.event_sources.api_gateway import ApiGateway
    from harness.event_sources.load_balancer import LoadBalancer
    from harness.event_sources.schedule import Schedules
    from harness.event_sources.source import EventSource
    from harness.event_sources.streams import StreamEventSource
    from harness.event_sources.targets import Targets
    from harness.functions.containers.tasks import Tasks
    from harness.simulation.loop import VirtualLoop
    from harness.worker.process import WorkerProcess
    from harness.world.mappings import Mapping
    from harness.world.monitoring import Monitoring

HERE = ("SQS",)
"""Kinds of event sources that are built in this module; every other one belongs to a part."""


@dataclass(frozen=True)
class OutsideServiceSpec:
    """An HTTP service outside AWS that the functions reach.

    Attributes:
        parameter: template parameter that takes its URL; "": functions learn of it in another way.
        implementation: the class.
        address: where a target group reaches it, as in "10.0.0.17"; "": nowhere.
    """

    name: str
    parameter: str
    url: str
    implementation: type[HttpService]
    address: str = ""


@dataclass(frozen=True)
class Setting:
    """What a world is built from.

    Attributes:
        temporary: below it, each world gets a folder for the /tmp of its environments.
        spawn: gives a fresh worker process.
        sandbox: layers to apply to it.
        interactive: let handlers keep the terminal.
        enforce_permissions: functions may do only what their roles allow.
    """

    folder: Path
    temporary: Path
    spawn: Callable[[], WorkerProcess]
    services: tuple[OutsideServiceSpec, ...] = ()
    sandbox: tuple[str, ...] = ()
    interactive: bool = False
    enforce_permissions: bool = True


@dataclass
class Deployment:
    """A running cloud."""

    template: Template
    loop: VirtualLoop
    trace: Trace
    randomness: Randomness
    faults: FaultBoard
    account: Account
    gateway: Gateway
    sqs: SqsService
    dynamodb: DynamoDb
    functions: LambdaService
    asynchronous: Asynchronous
    destinations: Destinations
    temporary: Path
    apis: dict[str, ApiGateway] = field(default_factory=dict)
    balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    balancer_store: BalancerStore | None = None
    tasks: Tasks | None = None
    queues: dict[str, QueueWatch] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    stream_sources: list[StreamEventSource] = field(default_factory=list)
    sources: list[EventSource] = field(default_factory=list)
    mappings: dict[tuple[str, str, str], Mapping] = field(default_factory=dict)
    built: set[str] = field(default_factory=set)
    begun: bool = False
    monitoring: Monitoring = field(init=False)
    s3: S3Service = field(init=False)
    sns: SnsService = field(init=False)
    events: EventsService = field(init=False)
    event_targets: Targets = field(init=False)
    schedules: Schedules = field(init=False)
    scheduler: SchedulerService = field(init=False)
    time_to_live: TimeToLive = field(init=False)
    athena: AthenaService = field(init=False)

    def __getattr__(self, name: str) -> Any:
        """A field that a part sets: the part is built now."""
        for part, entry in PARTS.items():
            if name in entry.fields and part not in self.built:
                self.need(part)
                return getattr(self, name)
        raise AttributeError(name)

    def need(self, part: str) -> None:
        """Builds a part unless it is there; what it adds to event sources begins at once."""
        if part in self.built:
            return
        self.built.add(part)
        before = len(self.sources)
        build(part, self)
        if self.begun:
            for source in self.sources[before:]:
                source.start()

    def begin(self) -> None:
        """Builds the parts that the template needs, and lets events flow."""
        for part, entry in PARTS.items():
            for service in entry.services:
                self.gateway.services.later[service] = partial(self.need, part)
            for service in entry.arns:
                self.destinations.later[service] = partial(self.need, part)
        for part, entry in PARTS.items():
            if entry.declared(self.template):
                self.need(part)
        for spec in self.template.event_sources:
            if spec.enabled and spec.kind in HERE:
                map_queue(self, spec)
        self.begun = True
        for source in self.sources:
            source.start()

    @property
    def fault_beginnings(self) -> FaultBeginnings:
        """Lets faults begin that act at their beginning."""
        return FaultBeginnings(self.loop, self.faults, self.randomness, self.queues, self.functions)

    @property
    def never_settles(self) -> bool:
        """Whether something fires for ever by itself."""
        return any(source.ticks for source in self.sources)

    def close(self) -> None:
        """Ends every worker and removes their folders."""
        self.functions.close()
        if self.tasks is not None:
            self.tasks.close()
        shutil.rmtree(self.temporary, ignore_errors=True)


def deploy(setting: Setting, loop: VirtualLoop, seed: int) -> Deployment:
    """Reads the template and creates everything in it.

    Raises:
        SubmissionError: the submission cannot be deployed.
    """
    parameters = {service.parameter: service.url for service in setting.services if service.parameter}
    template = read_template(setting.folder, parameters=parameters, account_id=ACCOUNT_ID, region=REGION)
    refuse_what_is_missing(template)
    deployment = _cloud(setting, template, loop, seed)
    _outside_services(deployment, setting.services)
    create_queues(template, deployment.sqs)
    set_queue_policies(template, deployment.sqs)
    create_tables(template, deployment.account)
    create_parameters(template, deployment.account)
    _open_streams(deployment)
    _watch_queues(deployment)
    for function in template.functions.values():
        deployment.functions.add(function)
    if setting.enforce_permissions:
        enforce_permissions(deployment)
    deployment.begin()
    return deployment


def _cloud(setting: Setting, template: Template, loop: VirtualLoop, seed: int) -> Deployment:
    clock = loop.clock
    trace, randomness = Trace(clock), Randomness(seed)
    faults = FaultBoard(clock, trace)
    account = Account(clock, randomness)
    gateway = Gateway(loop=loop, trace=trace, randomness=randomness, faults=faults)
    sqs = SqsService(loop=loop, trace=trace, randomness=randomness, account_id=ACCOUNT_ID, region=REGION)
    temporary = Path(tempfile.mkdtemp(prefix="world-", dir=setting.temporary))
    workers = WorkerSetting(
        spawn=setting.spawn,
        folder=temporary,
        readable=(str(setting.folder),),
        sandbox=setting.sandbox,
        interactive=setting.interactive,
    )
    functions = LambdaService(
        loop=loop, trace=trace, randomness=randomness, gateway=gateway, faults=faults, workers=workers
    )
    gateway.meetings.under_way = functions.under_way
    destinations = Destinations()
    asynchronous = Asynchronous(loop, trace, functions, destinations.deliver)
    destinations.register("sqs", to_queues(sqs))
    dynamodb = DynamoDb(account, clock, faults, randomness.stream("dynamodb"))
    own: dict[str, AwsService] = {
        "sqs": sqs,
        "dynamodb": dynamodb,
        "lambda": LambdaApi(functions, asynchronous),
        "": _Moto(account),
    }
    gateway.services = Services(own)
    return Deployment(
        template=template,
        loop=loop,
        trace=trace,
        randomness=randomness,
        faults=faults,
        account=account,
        gateway=gateway,
        sqs=sqs,
        dynamodb=dynamodb,
        functions=functions,
        asynchronous=asynchronous,
        destinations=destinations,
        temporary=temporary,
    )


class _Moto:
    """Every AWS service without an entry of its own: moto answers, at this instant."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def answer(self, call: Call) -> Reply:
        try:
            return self._account.answer(call.request)
        except UnknownEndpoint as unknown:
            return Reply(404, {"content-type": "text/plain"}, f"No such endpoint: {unknown}".encode())


def _outside_services(deployment: Deployment, specs: tuple[OutsideServiceSpec, ...]) -> None:
    for spec in specs:
        service = spec.implementation(
            name=spec.name,
            url=spec.url,
            loop=deployment.loop,
            trace=deployment.trace,
            randomness=deployment.randomness,
            faults=deployment.faults,
        )
        deployment.services[spec.name] = service
        deployment.gateway.outside[spec.url.partition("://")[2]] = (spec.name, service)
        if spec.address:
            deployment.gateway.outside[spec.address] = (spec.name, service)


def _watch_queues(deployment: Deployment) -> None:
    for logical_id, spec in deployment.template.queues.items():
        deployment.queues[logical_id] = QueueWatch(
            logical_id=logical_id,
            queue=deployment.sqs.queue(spec.name),
            clock=deployment.loop.clock,
            faults=deployment.faults,
            randomness=deployment.randomness,
        )


def _open_streams(deployment: Deployment) -> None:
    for logical_id, spec in deployment.template.tables.items():
        if spec.stream_arn:
            deployment.dynamodb.streams[logical_id] = TableStream(
                spec.name, spec.stream_arn, deployment.account, deployment.loop.clock
            )
