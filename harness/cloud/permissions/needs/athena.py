"""What calls of Athena need.

What a query itself reads and writes is asked by Athena, in the name of whoever started it.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
"""

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, items, text

_ATHENA_ANY = ("ListWorkGroups", "ListEngineVersions")


def athena(asked: Asked) -> list[Need]:
    """Needs of a call of Athena: a workgroup, which an execution belongs to."""
    action = f"athena:{asked.operation}"
    if asked.operation in _ATHENA_ANY:
        return [Need(action, "*")]
    ids = [text(each) for each in items(asked.parameters.get("QueryExecutionIds"))] or [asked.named("QueryExecutionId")]
    given = asked.named("WorkGroup") or asked.named("Name")
    groups = [given] if given else [asked.work_group_of(each) or "primary" for each in ids]
    return [Need(action, asked.arn("athena", f"workgroup/{group}")) for group in dict.fromkeys(groups)]
