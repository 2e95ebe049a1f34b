"""What a template says of Application Load Balancers, as plain data."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightedGroup:
    """A target group of a forward action.

    Attributes:
        weight: 0-999, relative to those of the other groups.
    """

    arn: str
    weight: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardSpec:
    """Sends the request to one of these target groups.

    Attributes:
        stickiness_s: how long a client stays with its group; 0: each request is routed anew.
    """

    groups: tuple[WeightedGroup, ...]
    stickiness_s: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RedirectSpec:
    """Answers with a Location, in which `#{host}` and the like stand for parts of the request's URL."""

    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedResponseSpec:
    """Answers by itself."""

    status: int
    content_type: str = ""
    body: str = ""


ActionSpec = ForwardSpec | RedirectSpec | FixedResponseSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionSpec:
    """What a request must be like. Any of the values is enough.

    Attributes:
        field: "path-pattern", "host-header", ...
        header: name of an http-header condition.
        pairs: key and value of a query-string condition; "" as the key: any.
    """

    field: str
    values: tuple[str, ...] = ()
    header: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSpec:
    """A rule of a listener; its conditions must all hold.

    Attributes:
        priority: 1-50,000, the lowest first.
    """

    logical_id: str
    arn: str
    listener_arn: str
    priority: int
    conditions: tuple[ConditionSpec, ...]
    action: ActionSpec
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenerSpec:
    """A port of a load balancer.

    Attributes:
        protocol: "HTTP" or "HTTPS".
        action: where no rule holds.
    """

    logical_id: str
    arn: str
    balancer_arn: str
    port: int
    protocol: str
    action: ActionSpec
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheckSpec:
    """How a target group finds out whether its targets are well."""

    enabled: bool
    interval_s: int
    timeout_s: int
    healthy_threshold: int
    unhealthy_threshold: int
    path: str = "/"
    matcher: str = "200"


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSpec:
    """A function's ARN, or an address and a port."""

    id: str
    port: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetGroupSpec:
    """A target group.

    Attributes:
        target_type: "lambda" or "ip".
        attributes: all that were set, by key.
    """

    logical_id: str
    name: str
    arn: str
    target_type: str
    health_check: HealthCheckSpec
    targets: tuple[TargetSpec, ...] = ()
    protocol: str = ""
    port: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadBalancerSpec:
    """An Application Load Balancer."""

    logical_id: str
    name: str
    arn: str
    dns_name: str
    scheme: str = "internet-facing"
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadBalancing:
    """All load balancers of a template, with all that hangs on them; each dict is by logical id."""

    balancers: dict[str, LoadBalancerSpec] = field(default_factory=dict)
    listeners: dict[str, ListenerSpec] = field(default_factory=dict)
    rules: dict[str, RuleSpec] = field(default_factory=dict)
    groups: dict[str, TargetGroupSpec] = field(default_factory=dict)
