"""CloudWatch Logs: log groups, streams and events, read with boto3 as operators do."""
