"""What S3 refuses, as botocore and people with curl see it: a status, a code, a sentence, in XML.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from xml.sax.saxutils import escape

from harness.simulation.wire import Reply


class S3Error(Exception):
    """A refusal.

    Attributes:
        details: further elements of the answer, by name.
        headers: of the answer, names in lower case.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        details: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
        self.headers = headers or {}

    def reply(self, method: str) -> Reply:
        """The answer; one to HEAD has no body."""
        named = {"Code": self.code, "Message": self.message, **self.details}
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in named.items())
        body = b"" if method == "HEAD" else f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'.encode()
        return Reply(self.status, {"content-type": "application/xml", **self.headers}, body)


def invalid_argument(message: str, **details: str) -> S3Error:
    """A value that S3 does not take."""
    return S3Error(400, "InvalidArgument", message, details=details)


def malformed_xml() -> S3Error:
    """A body that is not the XML it should be."""
    message = "The XML you provided was not well-formed or did not validate against our published schema"
    return S3Error(400, "MalformedXML", message)


def no_such_bucket(bucket: str) -> S3Error:
    """There is no bucket of this name."""
    return S3Error(404, "NoSuchBucket", "The specified bucket does not exist", details={"BucketName": bucket})


def no_such_key(key: str, headers: dict[str, str] | None = None) -> S3Error:
    """There is no object of this name, or a delete marker hides it."""
    return S3Error(404, "NoSuchKey", "The specified key does not exist.", details={"Key": key}, headers=headers)


def no_such_upload() -> S3Error:
    """The multipart upload was never begun, was completed or was aborted."""
    message = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
        "aborted or completed."
    )
    return S3Error(404, "NoSuchUpload", message)


def precondition_failed(condition: str) -> S3Error:
    """If-Match, If-None-Match or one of their like does not hold."""
    message = "At least one of the pre-conditions you specified did not hold"
    return S3Error(412, "PreconditionFailed", message, details={"Condition": condition})


def access_denied(message: str = "Access Denied", **details: str) -> S3Error:
    """The request is signed wrongly, too late, or by somebody without the permission."""
    return S3Error(403, "AccessDenied", message, details=details)


def not_simulated(what: str) -> S3Error:
    """AWS has it and this simulator does not."""
    return S3Error(501, "NotImplemented", f"This simulator does not have it: {what}")
