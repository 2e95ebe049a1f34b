"""Verdicts made by hand, as the screens have to tell them."""

from harness.judge.verdict import (
    Explanation,
    Fault,
    LogText,
    Outcome,
    Promise,
    Scenario,
    StoryLine,
    Verdict,
)

PROMISES = {
    "P1": "An article sent is accepted at once, and its transaction tells the truth.",
    "P4": "However often and in whatever order messages come, there is one article, and it is the newest.",
}

LOOKED_TWICE = Scenario(
    name="test_two_copies_at_the_same_moment_make_one_article",
    title="two copies at the same moment make one article",
    promise="P4",
    points=2,
    outcome=Outcome.FAILED,
    seed=3,
    message="Article a-17 stands twice in the CMS.",
    expected="one row, at version 1",
    got="[{'id': 981, 'source_id': 'a-17', 'version': 1}, {'id': 982, 'source_id': 'a-17', 'version': 1}]",
    diagnosis="Two deliveries looked before either had written.",
    faults=("duplicate_delivery of IngestQueue, 120 ms after the first",),
    story=(
        StoryLine(at_ms=0, text="POST /articles a-17 version 1: 202 after 84 ms"),
        StoryLine(at_ms=96, text="FeedLegacy#1 receives a-17 (first receive)"),
        StoryLine(at_ms=216, text="duplicate_delivery struck: message m-1 in IngestQueue", strike=True),
        StoryLine(at_ms=216, text="FeedLegacy#2 receives a-17 (second receive)"),
        StoryLine(at_ms=418, text="FeedLegacy#1 GET /articles?source_id=a-17: 200, no item"),
        StoryLine(at_ms=540, text="FeedLegacy#2 GET /articles?source_id=a-17: 200, no item"),
        StoryLine(at_ms=2_420, text="FeedLegacy#1 POST /articles: 201, row 981"),
        StoryLine(at_ms=2_544, text="FeedLegacy#2 POST /articles: 201, row 982"),
        StoryLine(at_ms=62_001, text="nothing left to happen"),
    ),
    logs=(
        LogText(at_ms=430, function="FeedLegacy", request_id="1f3a2b4c-0000", text="a-17 is not there yet, creating\n"),
        LogText(at_ms=551, function="FeedLegacy", request_id="77aa01d2-0000", text="a-17 is not there yet, creating\n"),
    ),
    virtual_ms=62_001,
    digest="0123456789abcdef",
)

ACCEPTED = Scenario(
    name="test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds",
    title="a posted article reaches the cms and its transaction succeeds",
    promise="P1",
    points=3,
    earned=3,
    seed=3,
)

LATE_VERSION = Scenario(
    name="test_a_late_old_version_is_dropped",
    title="a late old version is dropped",
    promise="P4",
    points=2,
    outcome=Outcome.FAILED,
    seed=3,
    message="Article a-17 went back to version 1.",
)

CRASHED = Scenario(
    name="test_a_crash_at_any_step_of_the_feed_is_repaired",
    title="a crash at any step of the feed is repaired",
    promise="P4",
    points=3,
    outcome=Outcome.BLOCKED,
    seed=3,
)

NEVER_STRUCK = Scenario(
    name="test_a_lost_reply_of_the_cms_makes_no_second_article",
    title="a lost reply of the cms makes no second article",
    promise="P4",
    points=1,
    outcome=Outcome.NOT_REACHED,
    seed=3,
    message="The fault reply_lost waited for a call of legacy POST /articles "
    "and never struck: this proves nothing yet.",
    expected="reply_lost strikes at least once",
    got="it never did, in 1 run",
    diagnosis="let your design come to what the fault waits for, as the contract has it",
    story=(StoryLine(at_ms=0, text="POST /articles a-17 version 1: 202 after 84 ms"),),
)

NOT_BEGUN = tuple(
    Scenario(
        name=f"test_{promise}_{number}",
        title=f"{promise} {number}",
        promise=promise,
        points=4,
        outcome=Outcome.BLOCKED,
        seed=3,
        message="Stage B is not begun: the template has no function MigrateArticles.",
        diagnosis="add a function MigrateArticles, as Stage B at the end of the kata's README has it [M1]",
    )
    for promise, count in (("P7", 2), ("P10", 1))
    for number in range(count)
)

EVERYTHING_AT_ONCE = Scenario(
    name="test_everything_at_once_is_survived",
    title="everything at once is survived",
    promise="P4",
    points=2,
    outcome=Outcome.FAILED,
    seed=3,
    message="19 of 60 articles were given up although each of them would have gone through, had it ever been tried.",
    expected="\n".join(f"article a-{n} succeeded" for n in range(8)),
    got="x" * 500,
    diagnosis="Healthy articles reached the DLQ without ever being tried: batches waited for the one worker until "
    "their visibility ran out, and each time a receive was used up.",
    faults=tuple(f"throttled_call of FeedLegacy, number {n}" for n in range(12)),
    story=tuple(
        StoryLine(at_ms=7_000 * n, text=f"message {n} is received and waits for a worker " + "that is busy " * (n % 9))
        if n % 40
        else StoryLine(at_ms=7_000 * n, text=f"throttled_call struck: invocation {n}", strike=True)
        for n in range(600)
    ),
    logs=tuple(
        LogText(at_ms=n * 1_000, function="FeedLegacy", request_id=f"{n:08x}", text=f"line one of {n}\nline two\n")
        for n in range(40)
    ),
)


def verdict(*scenarios: Scenario, error: Explanation | None = None, fault: Fault | None = None) -> Verdict:
    """A verdict on these scenarios."""
    is_good = all(one.outcome is Outcome.PASSED for one in scenarios)
    return Verdict(
        kata="07_queue_load_leveling",
        title="Queue-based load leveling",
        submission="workspace/07_queue_load_leveling",
        submission_digest="feedbeef",
        harness="0.1.0",
        seed=3,
        outcome="error" if error else "passed" if is_good else "failed",
        score=sum(one.earned for one in scenarios),
        max_score=10,
        promises=tuple(Promise(id=one, sentence=sentence, points=5) for one, sentence in PROMISES.items()),
        scenarios=scenarios,
        error=error,
        fault=fault,
        real_ms=3_210,
    )
