"""Application Load Balancers: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import (
    Anything,
    Flag,
    ListOf,
    NoEffect,
    Record,
    Text,
    Unsupported,
    Whole,
    choice,
)
from harness.cloud.template.types_data import REFERENCE, TAGS

_ARN = "arn:aws:elasticloadbalancing:{region}:{account}"
_NAME = Text(pattern=r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)", called="1 to 32 letters, digits and hyphens")
_AUTHENTICATION = "let the function check who calls"
_PORT = Whole(1, 65_535)
_VALUES = ListOf(Text(longest=128), least=1, most=100)
_REGEX = Unsupported("write Values, with * and ?")

ATTRIBUTE = Record({"Key": Text(), "Value": Text()}, required=("Key", "Value"))
ATTRIBUTES = ListOf(ATTRIBUTE, most=50)

CONDITION = Record(
    {
        "Field": choice("host-header path-pattern http-header http-request-method query-string source-ip"),
        "Values": _VALUES,
        "RegexValues": _REGEX,
        "HostHeaderConfig": Record({"Values": _VALUES, "RegexValues": _REGEX}),
        "PathPatternConfig": Record({"Values": _VALUES, "RegexValues": _REGEX}),
        "HttpHeaderConfig": Record(
            {"HttpHeaderName": Text(longest=40), "Values": _VALUES, "RegexValues": _REGEX}, required=("HttpHeaderName",)
        ),
        "HttpRequestMethodConfig": Record({"Values": _VALUES}, required=("Values",)),
        "QueryStringConfig": Record(
            {"Values": ListOf(Record({"Key": Text(longest=128), "Value": Text(longest=128)}), least=1)},
            required=("Values",),
        ),
        "SourceIpConfig": Record({"Values": _VALUES}, required=("Values",)),
    },
    required=("Field",),
)
CONDITIONS = ListOf(CONDITION, least=1, most=100)

ACTION = Record(
    {
        "Type": choice("forward redirect fixed-response authenticate-cognito authenticate-oidc jwt-validation"),
        "Order": Whole(1, 50_000),
        "TargetGroupArn": Text(),
        "ForwardConfig": Record(
            {
                "TargetGroups": ListOf(
                    Record({"TargetGroupArn": Text(), "Weight": Whole(0, 999)}, required=("TargetGroupArn",)),
                    least=1,
                ),
                "TargetGroupStickinessConfig": Record(
                    {"Enabled": Flag(), "DurationSeconds": Whole(1, 604_800, "seconds")}
                ),
            }
        ),
        "RedirectConfig": Record(
            {
                "Protocol": Text(pattern=r"HTTPS?|#\{protocol\}", called="HTTP, HTTPS or #{protocol}"),
                "Host": Text(longest=128),
                "Port": Text(pattern=r"[0-9]{1,5}|#\{port\}", called="a port or #{port}"),
                "Path": Text(pattern=r"/.*", called="a path that begins with /", longest=128),
                "Query": Text(longest=128),
                "StatusCode": choice("HTTP_301 HTTP_302"),
            },
            required=("StatusCode",),
        ),
        "FixedResponseConfig": Record(
            {
                "StatusCode": Text(pattern=r"(2|4|5)[0-9]{2}", called="a status 2XX, 4XX or 5XX"),
                "ContentType": choice("text/plain text/css text/html application/javascript application/json"),
                "MessageBody": Text(longest=1024),
            },
            required=("StatusCode",),
        ),
        "AuthenticateCognitoConfig": Unsupported(_AUTHENTICATION),
        "AuthenticateOidcConfig": Unsupported(_AUTHENTICATION),
        "JwtValidationConfig": Unsupported(_AUTHENTICATION),
    },
    required=("Type",),
)
ACTIONS = ListOf(ACTION, least=1, most=5)

TARGETS = ListOf(Record({"Id": Text(), "Port": _PORT, "AvailabilityZone": NoEffect()}, required=("Id",)))

LOAD_BALANCER = ResourceType(
    page=f"{REFERENCE}/aws-resource-elasticloadbalancingv2-loadbalancer.html",
    name_property="Name",
    name_limit=32,
    ref=_ARN + ":loadbalancer/app/{name}/{hex}",
    attributes={
        "LoadBalancerArn": _ARN + ":loadbalancer/app/{name}/{hex}",
        "LoadBalancerFullName": "app/{name}/{hex}",
        "LoadBalancerName": "{name}",
        "DNSName": "{name}-{digits}.{region}.elb.amazonaws.com",
        "CanonicalHostedZoneID": "Z32O12XQLNTSW2",
    },
    properties=Record(
        {
            "Name": _NAME,
            "Type": choice("application"),
            "Scheme": choice("internet-facing internal"),
            "Subnets": ListOf(Text(), least=1),
            "SubnetMappings": ListOf(Anything(), least=1),
            "SecurityGroups": NoEffect(),
            "IpAddressType": NoEffect(),
            "LoadBalancerAttributes": ATTRIBUTES,
            "MinimumLoadBalancerCapacity": NoEffect(),
            "Tags": TAGS,
        }
    ),
)

LISTENER = ResourceType(
    page=f"{REFERENCE}/aws-resource-elasticloadbalancingv2-listener.html",
    ref=_ARN + ":listener/{below}/{hex}",
    attributes={"ListenerArn": _ARN + ":listener/{below}/{hex}"},
    properties=Record(
        {
            "LoadBalancerArn": Text(),
            "Port": _PORT,
            "Protocol": choice("HTTP HTTPS"),
            "DefaultActions": ACTIONS,
            "Certificates": NoEffect(),
            "SslPolicy": NoEffect(),
            "AlpnPolicy": NoEffect(),
            "ListenerAttributes": Unsupported("set the headers in the function's answer"),
            "MutualAuthentication": Unsupported(),
        },
        required=("LoadBalancerArn", "DefaultActions", "Port", "Protocol"),
    ),
    below=("LoadBalancerArn", ":loadbalancer/"),
)

LISTENER_RULE = ResourceType(
    page=f"{REFERENCE}/aws-resource-elasticloadbalancingv2-listenerrule.html",
    ref=_ARN + ":listener-rule/{below}/{hex}",
    attributes={"RuleArn": _ARN + ":listener-rule/{below}/{hex}"},
    properties=Record(
        {
            "ListenerArn": Text(),
            "Priority": Whole(1, 50_000),
            "Conditions": CONDITIONS,
            "Actions": ACTIONS,
            "Transforms": Unsupported("let the function read the path as it comes"),
            "Tags": TAGS,
        },
        required=("ListenerArn", "Priority", "Conditions", "Actions"),
    ),
    below=("ListenerArn", ":listener/"),
)

TARGET_GROUP = ResourceType(
    page=f"{REFERENCE}/aws-resource-elasticloadbalancingv2-targetgroup.html",
    name_property="Name",
    name_limit=32,
    ref=_ARN + ":targetgroup/{name}/{hex}",
    attributes={
        "TargetGroupArn": _ARN + ":targetgroup/{name}/{hex}",
        "TargetGroupFullName": "targetgroup/{name}/{hex}",
        "TargetGroupName": "{name}",
    },
    properties=Record(
        {
            "Name": _NAME,
            "TargetType": choice("lambda ip"),
            "Targets": TARGETS,
            "TargetGroupAttributes": ATTRIBUTES,
            "Port": _PORT,
            "Protocol": choice("HTTP HTTPS"),
            "ProtocolVersion": choice("HTTP1"),
            "VpcId": Text(),
            "IpAddressType": choice("ipv4"),
            "HealthCheckEnabled": Flag(),
            "HealthCheckIntervalSeconds": Whole(5, 300, "seconds"),
            "HealthCheckTimeoutSeconds": Whole(2, 120, "seconds"),
            "HealthyThresholdCount": Whole(2, 10),
            "UnhealthyThresholdCount": Whole(2, 10),
            "HealthCheckPath": Text(pattern="/.*", called="a path that begins with /", longest=1024),
            "HealthCheckPort": NoEffect(),
            "HealthCheckProtocol": choice("HTTP HTTPS"),
            "Matcher": Record({"HttpCode": Text(), "GrpcCode": Unsupported()}),
            "Tags": TAGS,
        }
    ),
)
