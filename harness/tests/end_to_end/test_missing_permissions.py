"""A submission that forgot a policy: the verdict names the action and the line to add."""

from pathlib import Path

import pytest

from harness.judge.kata_file import read_kata
from harness.judge.run import Job, judge
from harness.judge.verdict import Scenario
from harness.tests.end_to_end.submissions import Changes, submission, template

GATE = "test_a_note_is_written_once"
POLICY = "        - SQSSendMessagePolicy:\n            QueueName: !GetAtt NotesQueue.QueueName\n"


def judged(home: Path, folder: Path, changes: Changes) -> Scenario:
    job = Job(read_kata(home / "katas" / "01_notes"), submission(folder / "it", changes), seed=1, only=(GATE,))
    (scenario,) = judge(job).scenarios
    return scenario


@pytest.fixture(scope="module")
def forgotten(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return judged(home, tmp_path_factory.mktemp("forgotten"), template(f"      Policies:\n{POLICY}", ""))


def test_the_diagnosis_begins_with_the_policy_to_add(forgotten: Scenario) -> None:
    function, _, remedy = forgotten.diagnosis.partition(" on arn:aws:sqs:eu-west-1:123456789012:kata-NotesQueue-")

    assert function == "Submit may not sqs:SendMessage"
    assert "Add to Policies of Submit: - SQSSendMessagePolicy: {QueueName: !GetAtt NotesQueue.QueueName}" in remedy


def test_the_story_shows_where_it_was_denied(forgotten: Scenario) -> None:
    texts = [line.text for line in forgotten.story]
    (denied,) = [text for text in texts if text.startswith("Submit  may not sqs:SendMessage on arn:aws:sqs:")]

    assert any(text.startswith("Submit#1  failed: ClientError: An error occurred (AccessDenied)") for text in texts)
    assert texts[texts.index(denied) - 1].startswith("Submit#1  sqs SendMessage -> AccessDenied")


def test_a_queue_given_by_its_url_is_pointed_out(home: Path, tmp_path: Path) -> None:
    scenario = judged(home, tmp_path, template("QueueName: !GetAtt NotesQueue.QueueName", "QueueName: !Ref NotesQueue"))

    assert "QueueName of SQSSendMessagePolicy is a URL, so that it allows nothing." in scenario.diagnosis
    assert "Write QueueName: !GetAtt NotesQueue.QueueName" in scenario.diagnosis
