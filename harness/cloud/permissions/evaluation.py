"""Whether a role may do something: an explicit Deny wins, then any Allow, and else no.

Within one account the role's own policies and those of the resource add up.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.cloud.permissions.conditions import Facts, is_met
from harness.cloud.permissions.matching import is_action, is_resource
from harness.cloud.permissions.statement import Role, Statement


@dataclass(frozen=True, slots=True)
class Need:
    """One action on one resource, and what is known of the request.

    Attributes:
        action: as AWS writes it: "dynamodb:PutItem".
        resource: ARN, or "*".
        facts: gives the condition keys, asked only where a statement has conditions.
    """

    action: str
    resource: str
    facts: Callable[[], Facts] = dict


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why.

    Attributes:
        denied_by: the statement with Deny; None: nothing allows it.
        by_resource: whether that statement is in the resource's own policy.
        firm: whether no condition was looked at, so that the next call like it ends alike.
    """

    allowed: bool
    firm: bool
    denied_by: Statement | None = None
    by_resource: bool = False


def decide(role: Role, need: Need, resource_policy: Iterable[Statement] = ()) -> Decision:
    """Whether the role may, and why not."""
    own = [each for each in role.statements if covers(each, need.action, need.resource)]
    theirs = [
        each for each in resource_policy if covers(each, need.action, need.resource) and _is_principal(each, role)
    ]
    firm = not any(each.conditions for each in (*own, *theirs))
    facts = {} if firm else need.facts()
    own, theirs = ([each for each in some if _applies(each, facts)] for some in (own, theirs))
    for statement in (*own, *theirs):
        if not statement.allows:
            return Decision(False, firm, statement, by_resource=statement in theirs)
    return Decision(bool(own or theirs), firm)


def covers(statement: Statement, action: str, resource: str) -> bool:
    """Whether the statement is about this action on this resource, conditions aside."""
    named = any(is_action(action, each) for each in statement.actions)
    if named is statement.all_but_actions:
        return False
    there = any(is_resource(resource, each) for each in statement.resources)
    return there is not statement.all_but_resources


def _applies(statement: Statement, facts: Facts) -> bool:
    return all(is_met(condition, facts) for condition in statement.conditions)


def _is_principal(statement: Statement, role: Role) -> bool:
    """Whether a resource's policy means this role; naming the account hands the question to the role's policies.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if statement.all_but_principals:
        return not any(each in ("*", role.arn, role.user) for each in statement.principals)
    account = (role.account_id, f"arn:aws:iam::{role.account_id}:root")
    everybody = ("*", role.arn, role.user, *(() if statement.allows else account))
    return any(each in everybody for each in statement.principals)
