"""What a reader can compare a fault with: an action of AWS Fault Injection Service, or a public incident.

Only what Amazon itself has published: the actions reference of the service, and Amazon's own
post-event summaries.

Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
and https://aws.amazon.com/premiumsupport/technology/pes/
"""

FIS_PAGE = "https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html"


def fis(*actions: str) -> str:
    """Actions of AWS Fault Injection Service, as Markdown.

    Args:
        actions: their ids, as in "aws:lambda:invocation-add-delay".
    """
    named = ", ".join(f"`{action}`" for action in actions)
    return f"[AWS FIS]({FIS_PAGE}) {named}"


DYNAMODB_2015 = "[DynamoDB in us-east-1, 2015-09-20](https://aws.amazon.com/message/5467D2/)"
S3_2017 = "[S3 in us-east-1, 2017-02-28](https://aws.amazon.com/message/41926/)"
KINESIS_2020 = "[Kinesis in us-east-1, 2020-11-25](https://aws.amazon.com/message/11201/)"
NETWORK_2021 = "[the internal network of us-east-1, 2021-12-07](https://aws.amazon.com/message/12721/)"
DYNAMODB_2025 = "[DynamoDB in us-east-1, 2025-10-20](https://aws.amazon.com/message/101925/)"


def both(*sources: str) -> str:
    """Several of them in one line."""
    return "; ".join(sources)
