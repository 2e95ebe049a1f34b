"""A handler is found, called and reported as by AWS's Python runtime."""

import json

import pytest
from msgspec.structs import replace

from harness.tests.worker.tiny_judge import CONTEXT, VARIABLES
from harness.worker.process import WorkerDied
from harness.worker.protocol import Failed, Initialized, Invoke, Returned


def failed_init(deploy, source: str, **configuration: object) -> Failed:
    judge = deploy(source, initialize=False)
    end = judge.initialize(**configuration)
    assert isinstance(end, Failed)
    return end


def test_a_handler_is_imported_once_and_keeps_module_state_between_invocations(deploy):
    judge = deploy("count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n")

    assert [judge.result(), judge.result(), judge.result()] == [1, 2, 3]


def test_a_handler_in_a_package_is_found_by_path_or_by_dots(deploy, tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "module.py").write_text("def handler(event, context): return __name__\n")

    assert deploy("", handler="pkg/module.handler").result() == "pkg.module"
    assert deploy("", handler="pkg.module.handler").result() == "pkg.module"


def test_a_missing_import_fails_the_init_phase_with_the_name_of_the_module(deploy):
    end = failed_init(deploy, "import stripe\n")

    assert (end.phase, end.error_type, end.fatal) == ("init", "Runtime.ImportModuleError", True)
    assert end.error_message == "Unable to import module 'app': No module named 'stripe'"


def test_the_harness_cannot_be_imported(deploy):
    end = failed_init(deploy, "import harness.worker.child\n")

    assert end.error_message == "Unable to import module 'app': No module named 'harness'"


def test_a_missing_handler_fails_the_init_phase(deploy):
    end = failed_init(deploy, "def other(event, context): ...\n")

    assert end.error_type == "Runtime.HandlerNotFound"
    assert end.error_message == "Handler 'handler' missing on module 'app'"


def test_a_syntax_error_fails_the_init_phase_and_names_file_and_line(deploy):
    end = failed_init(deploy, "x = 1\ndef handler(:\n")

    assert end.error_type == "Runtime.UserCodeSyntaxError"
    assert end.error_message == "Syntax error in module 'app': invalid syntax (app.py, line 2)"
    assert end.stack == ['  File "/var/task/app.py" Line 2\n    def handler(:\n']


def test_a_handler_name_without_a_dot_is_malformed(deploy):
    end = failed_init(deploy, "", handler="handler")

    assert end.error_type == "Runtime.MalformedHandlerName"
    assert end.error_message == "Bad handler 'handler': not enough values to unpack (expected 2, got 1)"


def test_any_other_error_at_import_has_its_class_name_and_a_stack_in_var_task(deploy):
    end = failed_init(deploy, "import os\nTABLE = os.environ['TABLE']\n")

    assert (end.error_type, end.error_message) == ("KeyError", "'TABLE'")
    assert end.stack[0] == "  File \"/var/task/app.py\", line 2, in <module>\n    TABLE = os.environ['TABLE']\n"


def test_the_process_is_gone_after_a_failed_init_phase(deploy):
    judge = deploy("import stripe\n", initialize=False)
    judge.initialize()

    with pytest.raises(WorkerDied, match="exit status 1"):
        judge.invoke()


def test_an_exception_is_reported_with_its_class_name_message_and_stack(deploy):
    judge = deploy(
        "class OutOfStock(Exception): ...\n"
        "def reserve():\n"
        "    raise OutOfStock('sku-1')\n"
        "def handler(event, context):\n"
        "    reserve()\n"
    )

    end = judge.failure()

    assert (end.phase, end.error_type, end.error_message, end.fatal) == ("invoke", "OutOfStock", "sku-1", False)
    assert end.stack == [
        '  File "/var/task/app.py", line 5, in handler\n    reserve()\n',
        "  File \"/var/task/app.py\", line 3, in reserve\n    raise OutOfStock('sku-1')\n",
    ]


def test_an_error_in_a_library_names_no_folder_of_this_machine(deploy):
    judge = deploy("import json\ndef handler(event, context): json.loads('{')\n")

    files = [line.split('"')[1] for line in judge.failure().stack]

    assert files[0] == "/var/task/app.py"
    assert all(file.startswith("/var/lang/lib/python3.") for file in files[1:])


def test_an_error_is_also_logged_as_the_runtime_logs_it(deploy):
    judge = deploy("def handler(event, context): raise ValueError('no total')\n")

    judge.failure()

    assert judge.log.startswith(
        '[ERROR] ValueError: no total\nTraceback (most recent call last):\n\u00a0\u00a0File "/var/task'
    )


def test_the_environment_stays_warm_after_an_exception(deploy):
    judge = deploy("seen = []\ndef handler(event, context):\n    seen.append(1)\n    return 1 / (len(seen) - 1)\n")

    assert judge.failure().error_type == "ZeroDivisionError"
    assert judge.result() == 1.0


@pytest.mark.parametrize(
    ("expression", "payload"),
    [
        ("None", b"null"),
        ("{'a': (1, 2)}", b'{"a": [1, 2]}'),
        ("float('nan')", b"NaN"),
        ("{'total': Decimal('10.50'), 'big': [Decimal('123456789012345678.90')]}", None),
        ("b'raw'", b"raw"),
        ("'caf\\u00e9'", b'"caf\\u00e9"'),
        ("{b'raw': b'x'}", b'{"raw": "x"}'),
        ("[Line('sku-1', 2)]", b'[{"sku": "sku-1", "count": 2}]'),
    ],
)
def test_a_return_value_is_written_as_the_runtime_writes_it(deploy, expression, payload):
    judge = deploy(
        "from collections import namedtuple\n"
        "from decimal import Decimal\n"
        "Line = namedtuple('Line', 'sku count')\n"
        f"def handler(event, context): return {expression}\n"
    )

    end = judge.invoke()

    assert isinstance(end, Returned)
    assert end.payload == (payload or b'{"total": 10.50, "big": [123456789012345678.90]}')


def test_non_ascii_text_stays_readable_from_python_3_12_on(deploy):
    variables = {**VARIABLES, "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}
    judge = deploy("def handler(event, context): return 'caf\\u00e9'\n", variables=variables)

    assert judge.invoke() == Returned(payload='"café"'.encode())


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("{'at': datetime.datetime(2026, 1, 1)}", "datetime"),
        ("{1, 2}", "set"),
        ("bytearray(b'x')", "bytearray"),
        ("coroutine()", "coroutine"),
    ],
)
def test_a_return_value_that_is_no_json_is_a_marshal_error(deploy, expression, kind):
    judge = deploy(f"import datetime\nasync def coroutine(): ...\ndef handler(event, context): return {expression}\n")

    end = judge.failure()

    assert end.error_type == "Runtime.MarshalError"
    assert end.error_message == f"Unable to marshal response: Object of type {kind} is not JSON serializable"


def test_a_response_that_holds_itself_is_a_marshal_error(deploy):
    judge = deploy("def handler(event, context):\n    page = []\n    page.append(page)\n    return page\n")

    assert judge.failure().error_message == "Unable to marshal response: Circular reference detected"


def test_a_response_beyond_lambdas_limit_is_cut_just_above_it_so_that_it_can_be_refused(deploy):
    judge = deploy("def handler(event, context): return 'x' * 20_000_000\n")

    end = judge.invoke()

    assert isinstance(end, Returned)
    assert len(end.payload) == 6_291_557


def test_the_context_has_the_attributes_of_lambdas(deploy):
    judge = deploy(
        "def handler(event, context):\n"
        "    names = ('aws_request_id function_name function_version invoked_function_arn memory_limit_in_mb '\n"
        "             'log_group_name log_stream_name').split()\n"
        "    values = {name: getattr(context, name) for name in names}\n"
        "    return [values, context.identity.cognito_identity_id, context.client_context]\n"
    )

    assert judge.result() == [CONTEXT, None, None]


def test_a_client_context_is_an_object_of_its_parts(deploy):
    judge = deploy(
        "def handler(event, context):\n"
        "    given = context.client_context\n"
        "    return [given.custom, given.env, given.client.app_title, given.client.app_version_name]\n"
    )
    text = json.dumps({"custom": {"tenant": "t-1"}, "client": {"app_title": "shop"}})

    end = judge.invoke(client_context=text)

    assert json.loads(end.payload) == [{"tenant": "t-1"}, None, "shop", None]


def test_a_client_context_that_is_no_json_is_an_unmarshal_error(deploy):
    judge = deploy("def handler(event, context): ...\n")

    end = judge.invoke(client_context="{")

    assert end.error_type == "Runtime.LambdaContextUnmarshalError"
    assert end.error_message.startswith("Unable to parse Client Context JSON: Expecting property name")


def test_the_remaining_time_counts_down_in_virtual_time_and_stops_at_zero(deploy):
    judge = deploy(
        "import time\n"
        "def handler(event, context):\n"
        "    left = [context.get_remaining_time_in_millis()]\n"
        "    for pause in (0.7505, 5):\n"
        "        time.sleep(pause)\n"
        "        left.append(context.get_remaining_time_in_millis())\n"
        "    return left\n"
    )

    assert judge.result() == [3000, 2249, 0]


def test_the_event_arrives_as_sent_and_an_empty_one_as_an_empty_object(deploy):
    judge = deploy("def handler(event, context): return [event]\n")

    assert judge.result({"a": [1, None, "é"]}) == [{"a": [1, None, "é"]}]
    assert judge.result({}) == [{}]


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("sys.exit()", "exit status 0"),
        ("sys.exit(3)", "exit status 3"),
        ("sys.exit('no')", "exit status 1"),
        ("raise KeyboardInterrupt", "exit status 1"),
        ("os._exit(7)", "exit status 7"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal: killed"),
        ("os.abort()", "signal: aborted"),
    ],
)
def test_a_handler_that_ends_its_process_is_reported_by_its_exit(deploy, statement, status):
    judge = deploy(f"import os, signal, sys\ndef handler(event, context):\n    print('before')\n    {statement}\n")

    with pytest.raises(WorkerDied) as death:
        judge.invoke()

    assert death.value.status == status


def test_what_was_printed_before_an_exit_is_not_lost(deploy):
    judge = deploy("import os\ndef handler(event, context):\n    print('last words')\n    os._exit(1)\n")

    with pytest.raises(WorkerDied) as death:
        judge.invoke()

    assert [frame.text for frame in death.value.frames] == ["last words\n"]


def test_the_environment_variables_are_exactly_those_configured(deploy):
    judge = deploy(
        "import os\ndef handler(event, context): return dict(os.environ)\n",
        variables={"TABLE": "orders", "TZ": ":UTC", "PATH": "/usr/bin"},
    )

    assert judge.result() == {"TABLE": "orders", "TZ": ":UTC", "PATH": "/usr/bin"}


def test_variables_of_an_invocation_are_set_before_the_handler_runs(deploy):
    judge = deploy("import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n")
    invoke = Invoke(unix_us=judge.now_us, event=b"{}", deadline_unix_us=judge.now_us, context=CONTEXT)

    frames = judge.worker.exchange(replace(invoke, variables={"_X_AMZN_TRACE_ID": "Root=1-2"}))

    assert frames == [Returned(payload=b'"Root=1-2"')]


def test_the_working_directory_and_the_first_import_path_are_the_functions_folder(deploy, tmp_path):
    judge = deploy("import os, sys\ndef handler(event, context): return [os.getcwd(), sys.path[0]]\n")

    assert judge.result() == [str(tmp_path), str(tmp_path)]


def test_no_bytecode_is_left_in_the_functions_folder(deploy, tmp_path):
    (tmp_path / "other.py").write_text("")

    judge = deploy("import other\ndef handler(event, context): ...\n")
    judge.result()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "other.py"]


def test_a_worker_has_only_the_runtime_in_memory(deploy):
    judge = deploy("import sys\ndef handler(event, context): return sorted(sys.modules)\n")

    packages = {name.partition(".")[0] for name in judge.result()}

    assert not packages & {"moto", "pytest", "_pytest", "hypothesis", "harness", "katas", "solutions", "rich", "typer"}
    assert {"boto3", "botocore", "urllib3"} <= packages


def test_interactive_mode_keeps_the_terminal_and_logs_as_well(deploy):
    judge = deploy(
        "import os, sys\n"
        "def handler(event, context):\n"
        "    print('seen twice')\n"
        "    return [sys.stdout.fileno(), sys.stdin.fileno()]\n",
        interactive=True,
    )

    assert judge.result() == [1, 0]
    assert judge.log == "seen twice\n"


def test_initialized_is_the_last_frame_of_the_init_phase(deploy):
    judge = deploy("print('cold start')\ndef handler(event, context): ...\n")

    assert [type(frame).__name__ for frame in judge.frames] == ["Logged", "Initialized"]
    assert judge.frames[-1] == Initialized()
    assert json.loads(judge.invoke().payload) is None
