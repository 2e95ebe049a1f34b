"""Permissions switched on: the gate before the gateway's services, and what AWS checks when it deploys.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.permissions.deployment_checks import refuse_unpermitted
from harness.cloud.permissions.domain_access import DomainAccess, domain_statements
from harness.cloud.permissions.gate import Permissions
from harness.world.policies import PoliciesInForce

if TYPE_CHECKING:
    from harness.world.deployment import Deployment


def enforce_permissions(deployment: Deployment) -> None:
    """From now on functions may do only what their roles allow.

    Raises:
        NotPermitted: a role does not allow what Lambda does in its name: reading an event source,
            sending to a destination.
    """
    permissions = Permissions(
        lambda: deployment.template, deployment.loop.clock, deployment.trace, account_id=ACCOUNT_ID, region=REGION
    )
    permissions.work_group_of = lambda execution_id: _work_group(deployment, execution_id)
    permissions.replaced_policy = PoliciesInForce(deployment).replaced
    _guard_domains(deployment, permissions)
    refuse_unpermitted(deployment.template, permissions)
    deployment.gateway.permissions = permissions


def _guard_domains(deployment: Deployment, permissions: Permissions) -> None:
    """Lets every OpenSearch domain of the kata ask who may reach it."""
    for name, service in deployment.services.items():
        if hasattr(service, "access_policy"):
            arn = f"arn:aws:es:{REGION}:{ACCOUNT_ID}:domain/{name}"
            service.admits = DomainAccess(permissions, arn, domain_statements(service.access_policy)).refusal


def _work_group(deployment: Deployment, execution_id: str) -> str:
    """The workgroup in which Athena runs or ran a query."""
    execution = deployment.athena.executions.by_id.get(execution_id)
    return (execution.request.work_group or "") if execution else ""
