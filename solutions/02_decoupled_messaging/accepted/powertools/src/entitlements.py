"""Asks the entitlements service. Given: it asks once and never retries."""

import json
import os
import urllib.request


def features(member_id: str, plan: str, timeout_s: float = 5) -> list[str]:
    """The features that this plan gives to this member.

    Raises:
        urllib.error.HTTPError: it answered something else than 200; the error has its `code`.
        OSError: no answer came within `timeout_s`, or the connection broke.
    """
    url = f"{os.environ['ENTITLEMENTS_URL']}/entitlements/{member_id}/{plan}"
    with urllib.request.urlopen(url, timeout=timeout_s) as reply:
        return list(json.loads(reply.read())["features"])
