"""CloudWatch metrics and alarms: data points, statistics, metric math, alarm states."""
