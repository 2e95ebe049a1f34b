"""Frames on a stream, however it is cut."""

import pytest

from harness.worker.framing import TURN_OVER, FrameTooLong, Inbox, framed
from harness.worker.protocol import FRAME_LIMIT, Logged, Returned


def test_frames_arrive_whole_when_the_stream_comes_byte_by_byte():
    inbox, taken = Inbox(), []

    for byte in framed(Logged(text="é")) + TURN_OVER + framed(Returned(payload=b"1")):
        inbox.feed(bytes([byte]))
        taken.append(inbox.take())

    assert [body for body in taken if body is not None] == [
        '{"frame":"Logged","text":"é"}'.encode(),
        b"",
        b'{"frame":"Returned","payload":"MQ=="}',
    ]


def test_several_frames_in_one_piece_are_taken_one_by_one():
    inbox = Inbox()
    inbox.feed(framed(Returned(payload=b"1")) + TURN_OVER)

    assert [inbox.take(), inbox.take(), inbox.take()] == [b'{"frame":"Returned","payload":"MQ=="}', b"", None]


def test_a_length_above_the_limit_is_refused_before_anything_is_read():
    inbox = Inbox()
    inbox.feed((FRAME_LIMIT + 1).to_bytes(4, "big"))

    with pytest.raises(FrameTooLong, match="A frame of 16777217 bytes is announced; at most 16777216 are read"):
        inbox.take()


def test_a_frame_above_the_limit_is_not_sent():
    with pytest.raises(FrameTooLong, match="A Logged frame of 16777244 bytes; at most 16777216 are sent"):
        framed(Logged(text="x" * FRAME_LIMIT))
