"""IAM's resources: roles, and the policies that are resources of their own."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import Anything, ListOf, NoEffect, Record, Text, Unsupported, words
from harness.cloud.template.types_data import REFERENCE

_NAME = Text(pattern=r"[\w+=,.@-]{1,128}", called="1 to 128 letters, digits and +=,.@_-")
_NOBODY_HERE = {"Users": Unsupported("only functions act here"), "Groups": Unsupported("only functions act here")}

ROLE = ResourceType(
    page=f"{REFERENCE}/aws-resource-iam-role.html",
    name_property="RoleName",
    name_limit=64,
    attributes={"Arn": "arn:aws:iam::{account}:role/{name}", "RoleId": "AROA{suffix}"},
    properties=Record(
        {
            "RoleName": _NAME,
            "AssumeRolePolicyDocument": Anything(),
            "Policies": ListOf(
                Record({"PolicyName": _NAME, "PolicyDocument": Anything()}, required=("PolicyName", "PolicyDocument"))
            ),
            "ManagedPolicyArns": ListOf(Text(), most=20),
            "PermissionsBoundary": Unsupported("leave it out: this simulator has no boundaries"),
            **{name: NoEffect() for name in words("Path Description MaxSessionDuration Tags")},
        }
    ),
)

MANAGED_POLICY = ResourceType(
    page=f"{REFERENCE}/aws-resource-iam-managedpolicy.html",
    name_property="ManagedPolicyName",
    name_limit=128,
    ref="arn:aws:iam::{account}:policy/{name}",
    attributes={"PolicyArn": "arn:aws:iam::{account}:policy/{name}"},
    properties=Record(
        {
            "ManagedPolicyName": _NAME,
            "PolicyDocument": Anything(),
            "Roles": ListOf(Text()),
            **_NOBODY_HERE,
            **{name: NoEffect() for name in words("Path Description Tags")},
        },
        required=("PolicyDocument",),
    ),
)

POLICY = ResourceType(
    page=f"{REFERENCE}/aws-resource-iam-policy.html",
    name_property="PolicyName",
    name_limit=128,
    properties=Record(
        {"PolicyName": _NAME, "PolicyDocument": Anything(), "Roles": ListOf(Text(), least=1), **_NOBODY_HERE},
        required=("PolicyName", "PolicyDocument", "Roles"),
    ),
)
