"""The policies of AWS and SAM that a template may name, as two data files of the harness.

SAM's policy templates come out of aws-sam-translator, AWS's managed policies out of moto, which
has them from the IAM API. Both are kept as what they allow, one policy a line; a test compares
the files with their sources. Run it after an update of either package:

    python docs/_generate/policies.py
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2] / "harness" / "cloud" / "permissions"
TEMPLATES = HERE / "policy_templates.json"
MANAGED = HERE / "managed_policies.json"

MANAGED_NAMES = """
    AWSLambdaBasicExecutionRole AWSLambdaSQSQueueExecutionRole AWSLambdaDynamoDBExecutionRole
    AWSLambdaKinesisExecutionRole AWSLambdaVPCAccessExecutionRole AWSLambdaENIManagementAccess AWSLambdaExecute
    AWSLambdaRole AWSLambdaInvocation-DynamoDB AWSLambda_FullAccess AWSLambda_ReadOnlyAccess
    AWSXRayDaemonWriteAccess AWSXrayWriteOnlyAccess AWSXrayFullAccess
    AmazonDynamoDBFullAccess AmazonDynamoDBFullAccess_v2 AmazonDynamoDBReadOnlyAccess
    AmazonSQSFullAccess AmazonSQSReadOnlyAccess AmazonSNSFullAccess AmazonSNSReadOnlyAccess
    AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonKinesisFullAccess AmazonKinesisReadOnlyAccess
    AmazonEventBridgeFullAccess AmazonEventBridgeReadOnlyAccess AmazonEventBridgeSchedulerFullAccess
    AmazonEventBridgeSchedulerReadOnlyAccess
    CloudWatchFullAccess CloudWatchFullAccessV2 CloudWatchReadOnlyAccess CloudWatchLogsFullAccess
    CloudWatchLogsReadOnlyAccess CloudWatchLambdaInsightsExecutionRolePolicy
    AmazonAthenaFullAccess AmazonSSMReadOnlyAccess AmazonSSMFullAccess SecretsManagerReadWrite
    AmazonOpenSearchServiceFullAccess AmazonOpenSearchServiceReadOnlyAccess
    AmazonECSTaskExecutionRolePolicy AmazonECS_FullAccess
    ElasticLoadBalancingFullAccess ElasticLoadBalancingReadOnly
    AWSStepFunctionsFullAccess AWSStepFunctionsReadOnlyAccess AdministratorAccess PowerUserAccess
"""


def policy_templates() -> dict[str, Any]:
    """Every policy template of SAM: its parameters, and its statements with `${Parameter}` in them."""
    text = files("samtranslator.policy_templates_data").joinpath("policy_templates.json").read_text("utf-8")
    return {
        name: {"parameters": list(template["Parameters"]), "statements": _plain(template["Definition"]["Statement"])}
        for name, template in sorted(json.loads(text)["Templates"].items())
    }


def managed_policies() -> dict[str, Any]:
    """The managed policies above: their path in the ARN, and their statements."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    known = json.loads(aws_managed_policies_data)
    return {
        name: {"path": known[name]["Path"], "statements": known[name]["Document"]["Statement"]}
        for name in sorted(MANAGED_NAMES.split())
    }


def _plain(value: Any) -> Any:
    """The value with each Fn::Sub as its text, the names of its own variables replaced by the parameters'."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Sub" not in value:
        return {key: _plain(item) for key, item in value.items()}
    substituted = value["Fn::Sub"]
    if isinstance(substituted, str):
        return substituted
    text, variables = substituted
    for name, reference in variables.items():
        text = text.replace(f"${{{name}}}", f"${{{reference['Ref']}}}")
    return text


def lines(policies: dict[str, Any]) -> str:
    """The policies as JSON, one a line."""
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in policies.items()) + "\n}\n"


if __name__ == "__main__":
    TEMPLATES.write_text(lines(policy_templates()), encoding="utf-8")
    MANAGED.write_text(lines(managed_policies()), encoding="utf-8")
