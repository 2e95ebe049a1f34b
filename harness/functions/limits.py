"""Lambda's quotas and the simulator's own figures, each beside its source.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html unless said otherwise.
"""

INIT_LIMIT_S = 10
"""Init phase; past it, init runs again inside the first invocation.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""

PROVISIONED_INIT_LIMIT_S = 130
"""Init phase of a provisioned environment, or the function's timeout where that is longer.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""

ACCOUNT_CONCURRENCY = 1000
"""Environments in use at once, all functions together.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""

UNRESERVED_CONCURRENCY = 100
"""What must stay for functions without reserved concurrency.
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""

SCALING_ENVIRONMENTS = 1000
SCALING_INTERVAL_S = 10
"""A function gets that many new environments in that time, refilled continuously.
Source: https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html"""

REQUESTS_PER_CONCURRENCY = 10
"""Synchronous requests a second for each unit of concurrency.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""

LOOP_INVOCATIONS = 16
"""Invocations of one function in one chain of events; the next one is stopped.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""

SYNCHRONOUS_PAYLOAD_BYTES = 6 * 1024 * 1024
ASYNCHRONOUS_PAYLOAD_BYTES = 1024 * 1024
RESPONSE_BYTES = 6_291_556

CLIENT_CONTEXT_BYTES = 3583
"""Of the base64 text in X-Amz-Client-Context.
Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

LOG_TAIL_BYTES = 4096
"""What Invoke gives back of the log with LogType Tail.
Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

COLD_START_MS = 400
"""Nominal time before a new environment begins its init phase; AWS publishes none (model choice)."""

COLD_START_SPREAD = 0.25
"""A cold start varies by up to this share, drawn from the seed (model choice)."""

IDLE_REMOVAL_S = 600
"""An idle environment is removed after this time; AWS says only "minutes" (model choice)."""

LOG_CHARACTERS = 64 * 1024
"""Log text kept of one init phase or invocation (model choice: Lambda keeps all)."""

SPINS_TOLERATED = 2
"""Invocations that may compute without end; any more are timed out unseen, to spare real time."""

MEMORY_USED_MB = 40
"""What REPORT lines say was used at most: memory is not metered here (model choice)."""
