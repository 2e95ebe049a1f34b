"""PRICES: what Amazon's price lists say of Europe (Ireland), on demand, first tier, without the free tier.

Written down on the date below; Amazon changes prices without asking. A price with a date of
publication stood in Amazon's price list file of that date. Athena's is what the price list API
said of Ireland; those of EventBridge and its Scheduler are Amazon's for us-east-1, for the table
of Ireland could not be read. What has no price here is counted and not priced: provisioned
DynamoDB capacity, Kinesis, load balancers, OpenSearch and Neptune (which cost by the hour, used
or not), storage, transfer.

Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
"""

from dataclasses import dataclass

REGION = "eu-west-1"
WRITTEN_DOWN = "2026-11-24"
_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """A price.

    Attributes:
        usd: for `per` units.
        page: Amazon's page with it.
        published: date of the price list file; "": see above.
    """

    usd: float
    per: int
    page: str
    published: str = ""

    def of(self, quantity: float) -> float:
        """US dollars for a quantity."""
        return quantity * self.usd / self.per


_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_SQS = "https://aws.amazon.com/sqs/pricing/"
_SNS = "https://aws.amazon.com/sns/pricing/"
_EVENTS = "https://aws.amazon.com/eventbridge/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_API = "https://aws.amazon.com/api-gateway/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_ATHENA = "https://aws.amazon.com/athena/pricing/"

PRICES: dict[tuple[str, str], Price] = {
    ("lambda", "requests"): Price(0.20, _MILLION, _LAMBDA, "2026-10-01"),
    ("lambda", "GB-seconds"): Price(0.0000166667, 1, _LAMBDA, "2026-10-01"),
    ("dynamodb", "read request units"): Price(0.1415, _MILLION, _DYNAMODB, "2026-09-11"),
    ("dynamodb", "write request units"): Price(0.705, _MILLION, _DYNAMODB, "2026-09-11"),
    ("sqs", "standard requests"): Price(0.40, _MILLION, _SQS, "2026-09-11"),
    ("sqs", "FIFO requests"): Price(0.50, _MILLION, _SQS, "2026-09-11"),
    ("sns", "requests"): Price(0.50, _MILLION, _SNS, "2026-09-15"),
    ("events", "custom events"): Price(1.00, _MILLION, _EVENTS),
    ("scheduler", "invocations"): Price(1.00, _MILLION, _EVENTS),
    ("s3", "PUT, COPY, POST, LIST requests"): Price(0.005, 1_000, _S3, "2026-09-28"),
    ("s3", "GET and other requests"): Price(0.0004, 1_000, _S3, "2026-09-28"),
    ("apigateway", "HTTP API requests"): Price(1.11, _MILLION, _API, "2026-10-02"),
    ("apigateway", "REST API requests"): Price(3.50, _MILLION, _API, "2026-09-21"),
    ("logs", "GB ingested"): Price(0.57, 1, _CLOUDWATCH, "2026-09-22"),
    ("athena", "TB scanned"): Price(5.00, 1, _ATHENA),
}
"""By service and unit."""
