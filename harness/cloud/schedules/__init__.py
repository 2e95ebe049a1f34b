"""When something is due: the rate(), cron() and at() expressions of EventBridge and its Scheduler."""
