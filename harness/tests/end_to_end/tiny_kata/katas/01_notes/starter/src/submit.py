"""Accepts a note: yours to write."""


def handler(event, context):
    return {"statusCode": 501}
