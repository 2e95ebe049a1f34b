"""What calls of Lambda, ECS and Elastic Load Balancing need.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
"""

from urllib.parse import parse_qs, urlsplit

from harness.cloud.lambda_operations import lambda_operation
from harness.cloud.operations import function_name
from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, fact, items, mapping, passing, text

_LAMBDA_ANY = ("ListFunctions", "GetAccountSettings")
_INVOKING = ("Invoke", "InvokeWithResponseStream")


def lambda_(asked: Asked) -> list[Need]:
    """Needs of a call of Lambda: an alias or a version is a resource of its own.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    if asked.operation in _LAMBDA_ANY:
        return [Need(f"lambda:{asked.operation}", "*")]
    parts = urlsplit(asked.call.request.url)
    _, named = lambda_operation(asked.call.request.method, parts.path)
    if not named:
        return []
    in_name = named[0].rpartition("function:")[2].partition(":")[2]
    qualifier = in_name or parse_qs(parts.query).get("Qualifier", [""])[0]
    arn = asked.arn("lambda", f"function:{function_name(named[0])}") + (f":{qualifier}" if qualifier else "")
    action = "InvokeFunction" if asked.operation in _INVOKING else asked.operation
    return [Need(f"lambda:{action}", arn)]


def ecs(asked: Asked) -> list[Need]:
    """Needs of a call of ECS: who runs a task passes its roles on.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    cluster = asked.named("cluster") or "default"
    cluster_arn = cluster if cluster.startswith("arn:") else asked.arn("ecs", f"cluster/{cluster}")
    facts = fact("ecs:cluster", cluster_arn)
    if asked.operation == "RunTask":
        arn = _task_definition(asked)
        overridden = mapping(asked.parameters.get("overrides"))
        roles = [*asked.template.permissions.passed.get(arn, ())]
        roles += [text(overridden.get("taskRoleArn")), text(overridden.get("executionRoleArn"))]
        return [Need("ecs:RunTask", arn, facts), *passing(roles, "ecs-tasks.amazonaws.com")]
    tasks = [text(each) for each in items(asked.parameters.get("tasks")) or [asked.named("task")] if text(each)]
    name = cluster_arn.rpartition("/")[2]
    arns = [each if each.startswith("arn:") else asked.arn("ecs", f"task/{name}/{each}") for each in tasks]
    return [Need(f"ecs:{asked.operation}", arn, facts) for arn in arns or ["*"]]


def _task_definition(asked: Asked) -> str:
    """Its ARN with a revision, of which the template's have the first."""
    given = asked.named("taskDefinition").rpartition("task-definition/")[2]
    return asked.arn("ecs", f"task-definition/{given if ':' in given else f'{given}:1'}")


def load_balancing(asked: Asked) -> list[Need]:
    """Needs of a call of Elastic Load Balancing; what describes has no resources."""
    action = f"elasticloadbalancing:{asked.operation}"
    form = asked.form
    named = [form[key] for key in ("RuleArn", "ListenerArn", "TargetGroupArn", "LoadBalancerArn") if key in form]
    named += [value for key, value in form.items() if key.endswith(".RuleArn")]
    if asked.operation.startswith("Describe") or not named:
        return [Need(action, "*")]
    return [Need(action, arn) for arn in named]
