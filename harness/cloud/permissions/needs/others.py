"""What calls of the smaller services need.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, fact, items, text


def monitoring(asked: Asked) -> list[Need]:
    """Needs of a call of CloudWatch: all but its alarms are no resources."""
    names = items(asked.parameters.get("AlarmNames")) or [asked.parameters.get("AlarmName")]
    alarms = [asked.arn("cloudwatch", f"alarm:{text(name)}") for name in names if text(name)]
    action = f"cloudwatch:{asked.operation}"
    facts = fact("cloudwatch:namespace", asked.named("Namespace"))
    return [Need(action, alarm) for alarm in alarms] or [
        Need(action, asked.arn("cloudwatch", "alarm:*") if "Alarms" in asked.operation else "*", facts)
    ]


def logs(asked: Asked) -> list[Need]:
    """Needs of a call of CloudWatch Logs: a group, or a stream of it."""
    group = asked.named("logGroupName") or asked.named("logGroupIdentifier").rpartition("log-group:")[2].rstrip(":*")
    if asked.operation == "DescribeLogGroups" or not group:
        return [Need(f"logs:{asked.operation}", asked.arn("logs", "log-group::log-stream:"))]
    stream = asked.named("logStreamName")
    if asked.operation in ("PutLogEvents", "GetLogEvents", "FilterLogEvents", "DeleteLogStream"):
        return [Need(f"logs:{asked.operation}", asked.arn("logs", f"log-group:{group}:log-stream:{stream}"))]
    return [Need(f"logs:{asked.operation}", asked.arn("logs", f"log-group:{group}:*"))]


def ssm(asked: Asked) -> list[Need]:
    """Needs of a call of Parameter Store."""
    names = [text(name) for name in items(asked.parameters.get("Names"))] or [
        asked.named("Name") or asked.named("Path")
    ]
    arns = [asked.arn("ssm", f"parameter/{name.removeprefix('/')}") for name in names if name]
    return [Need(f"ssm:{asked.operation}", arn) for arn in arns] or [Need(f"ssm:{asked.operation}", "*")]


def secrets(asked: Asked) -> list[Need]:
    """Needs of a call of Secrets Manager: a secret's ARN ends in six characters nobody chose."""
    name = asked.named("SecretId") or asked.named("Name")
    arn = name if name.startswith("arn:") else asked.arn("secretsmanager", f"secret:{name}-??????")
    return [Need(f"secretsmanager:{asked.operation}", arn if name else "*")]


def states(asked: Asked) -> list[Need]:
    """Needs of a call of Step Functions."""
    arn = asked.named("stateMachineArn") or asked.named("executionArn") or asked.named("activityArn")
    return [Need(f"states:{asked.operation}", arn or "*")]


def sts(asked: Asked) -> list[Need]:
    """Who one is may be asked always.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    return (
        []
        if asked.operation == "GetCallerIdentity"
        else [Need(f"sts:{asked.operation}", asked.form.get("RoleArn", "*"))]
    )


def any_other(asked: Asked) -> list[Need]:
    """Of a service without a word of its own here: the action, on whatever."""
    return [Need(f"{asked.call.service}:{asked.operation}", "*")]
