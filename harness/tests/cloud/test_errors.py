"""A message has up to five lines, and shows nothing that could fool a terminal."""

from harness.cloud.errors import SHOWN_LIMIT, SubmissionError, shown


def test_a_message_names_the_place_first_and_then_up_to_four_lines() -> None:
    error = SubmissionError(
        "Timeout of Feed is 1000.", expected="1 to 900", got="1000", try_="write 900", see="https://docs.aws.amazon.com/",
        file="template.yaml", line=12, column=5,
    )  # fmt: skip

    assert str(error) == (
        "template.yaml:12:5: Timeout of Feed is 1000.\n"
        "Expected: 1 to 900\nGot: 1000\nTry: write 900\nSee: https://docs.aws.amazon.com/"
    )


def test_lines_without_content_are_left_out() -> None:
    assert str(SubmissionError("There is no template.", file="template.yaml")) == "template.yaml: There is no template."


def test_control_characters_and_ansi_come_out_as_escapes() -> None:
    assert shown("a\x1b[31mb\r\nc\x07") == "a\\x1b[31mb\\r\\nc\\x07"


def test_bidirectional_and_invisible_characters_come_out_as_escapes() -> None:
    assert shown("a\u202eb\u200bc\u2066\ufeff\ud800") == "a\\u202eb\\u200bc\\u2066\\ufeff\\ud800"


def test_letters_of_any_script_stay() -> None:
    assert shown("Größe Ελλάδα 注文") == "Größe Ελλάδα 注文"


def test_a_value_from_a_learner_is_made_safe_in_every_field() -> None:
    error = SubmissionError("a\x1b", expected="b\x1b", got="c\x1b", try_="d\x1b", see="e\x1b", file="f\x1b")

    assert "\x1b" not in str(error)


def test_an_endless_value_is_cut_and_says_so() -> None:
    assert shown("x" * 1_000_000) == "x" * SHOWN_LIMIT + "... (998000 more characters)"
