"""What crosses the socket between the judge and a worker, and nothing else does.

A frame is a 4-byte big-endian length and a JSON object with a `frame` tag. The judge
decodes strictly: a frame that is too long, not JSON, or not of this schema ends the worker.
It never unpickles, and never believes a worker about anything but what the worker asks for.

A worker is *quiet* when each of its threads waits for the judge. Its threads take turns, each
running until it waits; when all wait, the worker says so with a frame of length zero. The
judge sends one frame, waits for that, and takes the frames it then has. So a worker runs in
no virtual time at all, and only waiting costs any.
"""

import msgspec

FRAME_LIMIT = 16 * 1024 * 1024
"""Bytes in one frame at most: twice Lambda's 6 MB payload, as base64 within JSON."""


class _Frame(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="frame",
    tag=True,
    forbid_unknown_fields=True,
):
    pass


# ---- judge to worker; each carries the virtual time at which it arrives, as the wall clock shows it,
# ---- and how far that is behind the clocks that never stand still


class Configure(_Frame, frozen=True, kw_only=True):
    """Makes the process an execution environment, and starts its init phase (the import).

    Attributes:
        code_dir: the function's CodeUri, an absolute path; becomes LAMBDA_TASK_ROOT, the
            working directory and sys.path[0].
        handler: as in the template: "app.submit", "pkg/module.handler".
        variables: the whole environment of the process; nothing is inherited.
        seed: seeds random, os.urandom, uuid4, secrets of this environment.
        temporary_dir: the private /tmp of this environment (the worker may write there only).
        readable: absolute paths the worker may read besides the interpreter's own.
        sandbox: sandbox layers to apply, e.g. ("namespaces", "landlock", "seccomp", "rlimits").
        interactive: keep the terminal (kata test --debug).
        idle_close_s: after how long without a request a server closes a connection; 0: never.
    """

    unix_us: int
    code_dir: str
    handler: str
    variables: dict[str, str]
    seed: int
    temporary_dir: str
    readable: list[str] = []
    sandbox: list[str] = []
    interactive: bool = False
    idle_close_s: float = 0
    behind_us: int = 0


class Invoke(_Frame, frozen=True, kw_only=True):
    """Calls the handler.

    Attributes:
        event: the event as JSON text.
        deadline_unix_us: the virtual instant at which the function's timeout ends, for
            `context.get_remaining_time_in_millis()`.
        context: the attributes of the Lambda context object: function_name, function_version,
            invoked_function_arn, memory_limit_in_mb, aws_request_id, log_group_name,
            log_stream_name.
        variables: variables that change with the invocation (_X_AMZN_TRACE_ID).
    """

    unix_us: int
    event: bytes
    deadline_unix_us: int
    context: dict[str, str]
    variables: dict[str, str] = {}
    behind_us: int = 0


class Answered(_Frame, frozen=True, kw_only=True):
    """The answer to a Called frame. `loss` is set (a `Loss` value) if none arrived."""

    unix_us: int
    call: int
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    loss: str = ""
    behind_us: int = 0


class Woken(_Frame, frozen=True, kw_only=True):
    """The answer to a Waited frame: its time has come."""

    unix_us: int
    wait: int
    behind_us: int = 0


ToWorker = Configure | Invoke | Answered | Woken

# ---- worker to judge --------------------------------------------------------------------------


class Started(_Frame, frozen=True, kw_only=True):
    """Sent by the zygote, before any learner code: the process exists and has this pid."""

    pid: int


class Initialized(_Frame, frozen=True, kw_only=True):
    """The init phase ended well: the module is imported and has the handler."""


class Called(_Frame, frozen=True, kw_only=True):
    """A thread makes an outside call and waits for Answered.

    Attributes:
        call: a number this environment has not used before (calls and waits share it).
        thread: logical name of the thread ("0" is the main one, "0.1" its first child).
        opens: whether a connection has to be opened for it.
    """

    call: int
    thread: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    connect_timeout_s: float | None = None
    read_timeout_s: float | None = None
    opens: bool = False


class Waited(_Frame, frozen=True, kw_only=True):
    """A thread waits for virtual time to pass: sleep, a timeout, a back-off."""

    wait: int
    thread: str
    duration_us: int


class WaitCancelled(_Frame, frozen=True, kw_only=True):
    """A wait ended by itself (the event came before its timeout)."""

    wait: int


class Logged(_Frame, frozen=True, kw_only=True):
    """Text written to stdout or stderr, cut to lines where it can be.

    Attributes:
        dropped_bytes: bytes left out because the invocation wrote too much.
    """

    text: str
    dropped_bytes: int = 0


class Returned(_Frame, frozen=True, kw_only=True):
    """The handler returned; `payload` is its JSON."""

    payload: bytes


class Failed(_Frame, frozen=True, kw_only=True):
    """The handler or the import raised.

    Attributes:
        phase: "init" or "invoke".
        error_type: bare class name, or Runtime.ImportModuleError, Runtime.HandlerNotFound,
            Runtime.UserCodeSyntaxError, Runtime.MalformedHandlerName, Runtime.MarshalError.
        stack: lines as AWS's Python runtime writes them, with paths below /var/task.
        fatal: the process exits after this (init errors, sys.exit, BaseException).
    """

    phase: str
    error_type: str
    error_message: str
    stack: list[str] = []
    fatal: bool = False


FromWorker = Started | Initialized | Called | Waited | WaitCancelled | Logged | Returned | Failed
