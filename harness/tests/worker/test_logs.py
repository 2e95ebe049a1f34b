"""What a handler prints and logs reaches the judge as CloudWatch would show it."""

import json

import pytest

from harness.tests.worker.tiny_judge import CONTEXT, VARIABLES
from harness.worker.logs import INVOCATION_LIMIT_BYTES, LogBuffer
from harness.worker.protocol import Called, Logged, Returned

CALL = "import urllib.request\ndef call(): urllib.request.urlopen('http://legacy/').read()\n"


def test_print_goes_through_as_it_is(deploy):
    judge = deploy("import sys\ndef handler(event, context):\n    print('a', 1)\n    print('b', file=sys.stderr)\n")

    judge.result()

    assert judge.log == "a 1\nb\n"


def test_a_logged_line_has_lambdas_format_with_the_virtual_time_and_the_request_id(deploy):
    judge = deploy(
        "import logging, time\n"
        "log = logging.getLogger('orders')\n"
        "log.setLevel('INFO')\n"
        "def handler(event, context):\n"
        "    time.sleep(1.005)\n"
        "    log.info('order %s', 'o-1')\n"
    )

    judge.result()

    assert judge.log == f"[INFO]\t2026-01-05T09:00:01.005Z\t{CONTEXT['aws_request_id']}\torder o-1\n"


def test_the_root_logger_starts_at_warning(deploy):
    judge = deploy("import logging\ndef handler(event, context):\n    logging.info('no')\n    logging.warning('yes')\n")

    judge.result()

    assert [line.split("\t")[-1] for line in judge.log.splitlines()] == ["yes"]


def test_a_line_logged_in_the_init_phase_has_no_request_id(deploy):
    judge = deploy("import logging\nlogging.warning('cold')\ndef handler(event, context): ...\n")

    assert judge.log == "[WARNING]\t2026-01-05T09:00:00.000Z\t\tcold\n"


def test_with_the_json_format_a_record_is_json_with_its_extras(deploy):
    judge = deploy(
        "import logging\ndef handler(event, context): logging.warning('order %s', 'o-1', extra={'tenant': 't-1'})\n",
        variables={**VARIABLES, "AWS_LAMBDA_LOG_FORMAT": "JSON"},
    )

    judge.result()

    assert json.loads(judge.log) == {
        "timestamp": "2026-01-05T09:00:00Z",
        "level": "WARNING",
        "message": "order o-1",
        "logger": "root",
        "requestId": CONTEXT["aws_request_id"],
        "tenant": "t-1",
    }


def test_with_the_json_format_an_error_is_json_and_what_is_printed_stays_as_it_is(deploy):
    judge = deploy(
        "def handler(event, context):\n    print('on the way')\n    raise ValueError('no total')\n",
        variables={**VARIABLES, "AWS_LAMBDA_LOG_FORMAT": "JSON"},
    )

    judge.failure()

    printed, error = judge.log.splitlines()
    assert printed == "on the way"
    assert json.loads(error) == {
        "timestamp": "2026-01-05T09:00:00Z",
        "level": "ERROR",
        "errorMessage": "no total",
        "errorType": "ValueError",
        "requestId": CONTEXT["aws_request_id"],
        "stackTrace": ["  File \"/var/task/app.py\", line 3, in handler\n    raise ValueError('no total')\n"],
    }


@pytest.mark.parametrize(
    ("level", "logged"),
    [("TRACE", ["d", "i", "w"]), ("INFO", ["i", "w"]), ("fatal", []), ("LOUD", ["w"])],
)
def test_the_application_log_level_is_the_root_loggers(deploy, level, logged):
    judge = deploy(
        "import logging\n"
        "def handler(event, context):\n"
        "    logging.debug('d')\n    logging.info('i')\n    logging.warning('w')\n",
        variables={**VARIABLES, "AWS_LAMBDA_LOG_LEVEL": level},
    )

    judge.result()

    assert [line.split("\t")[-1] for line in judge.log.splitlines()] == logged


def test_text_is_sent_in_one_piece_and_before_the_call_that_followed_it(deploy):
    judge = deploy(CALL + "def handler(event, context):\n    print('1')\n    print('2')\n    call()\n    print('3')\n")

    judge.result()

    assert [type(frame) for frame in judge.frames[1:]] == [Logged, Called, Logged, Returned]
    assert [frame.text for frame in judge.of(Logged)] == ["1\n2\n", "3\n"]


def test_long_text_is_sent_in_pieces_cut_at_line_ends(deploy):
    judge = deploy("def handler(event, context):\n    for n in range(2000): print('line', n)\n")

    judge.result()

    pieces = [frame.text for frame in judge.of(Logged)]
    assert len(pieces) > 1
    assert all(piece.endswith("\n") for piece in pieces)
    assert "".join(pieces) == "".join(f"line {n}\n" for n in range(2000))


def test_an_invocation_that_writes_too_much_is_cut_off_and_the_rest_is_counted(deploy):
    judge = deploy("def handler(event, context):\n    for n in range(300): print('x' * 1023)\n")

    judge.result()
    assert len(judge.log) == INVOCATION_LIMIT_BYTES
    assert sum(frame.dropped_bytes for frame in judge.of(Logged)) >= (300 - 256) * 1023

    judge.frames.clear()
    judge.result()
    assert len(judge.log) == INVOCATION_LIMIT_BYTES


def test_bytes_written_to_stdouts_buffer_are_logged(deploy):
    judge = deploy("import sys\ndef handler(event, context): sys.stdout.buffer.write('é'.encode())\n")

    judge.result()

    assert judge.log == "é"


def test_the_functions_folder_is_called_var_task_in_the_log(deploy):
    judge = deploy(
        "import traceback\n"
        "def handler(event, context):\n"
        "    try: 1 / 0\n"
        "    except ZeroDivisionError: traceback.print_exc()\n"
    )

    judge.result()

    assert 'File "/var/task/app.py", line 3, in handler' in judge.log


def test_what_is_written_to_the_descriptors_goes_nowhere(deploy, capfd):
    judge = deploy("import os\ndef handler(event, context): return [os.write(1, b'raw'), os.write(2, b'raw')]\n")

    assert judge.result() == [3, 3]
    assert judge.log == ""
    assert capfd.readouterr() == ("", "")


def test_text_that_cannot_be_encoded_is_logged_with_marks():
    buffer = LogBuffer(lambda: None)

    buffer.write("a\udcffb\n")

    assert buffer.take() == Logged(text="a?b\n")


def test_an_unfinished_line_is_kept_back_until_the_whole_text_is_wanted():
    buffer = LogBuffer(lambda: None)
    buffer.write("one\ntw")

    assert buffer.take(whole=False) == Logged(text="one\n")
    assert buffer.take() == Logged(text="tw")
    assert buffer.take() is None
