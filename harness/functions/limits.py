"""Lambda's quotas and the simulator's own figures, each beside its source.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html unless said otherwise.
"""

INIT_LIMIT_S = 10
"""Init phase; past it, init runs again inside the first invocation.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""

ACCOUNT_CONCURRENCY = 1000
"""Environments in use at once, all functions together.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""

SYNCHRONOUS_PAYLOAD_BYTES = 6 * 1024 * 1024
ASYNCHRONOUS_PAYLOAD_BYTES = 1024 * 1024

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
