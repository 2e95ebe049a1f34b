"""Seeded chance: streams by name that do not disturb each other."""

import uuid

from harness.simulation.randomness import Randomness, derive, uuid_from


def test_the_same_seed_and_name_give_the_same_draws() -> None:
    first, second = Randomness(7).stream("latency"), Randomness(7).stream("latency")

    assert [first.random() for _ in range(5)] == [second.random() for _ in range(5)]


def test_draws_of_one_stream_do_not_shift_another() -> None:
    plain, busy = Randomness(7), Randomness(7)
    for _ in range(100):
        busy.stream("faults").random()

    assert plain.stream("latency").random() == busy.stream("latency").random()


def test_streams_of_other_names_or_seeds_differ() -> None:
    draws = {
        Randomness(7).stream("latency").random(),
        Randomness(7).stream("faults").random(),
        Randomness(8).stream("latency").random(),
    }

    assert len(draws) == 3


def test_a_stream_is_the_same_object_each_time_so_that_it_goes_on() -> None:
    randomness = Randomness(7)

    assert randomness.stream("latency") is randomness.stream("latency")


def test_a_derived_seed_is_the_same_in_every_process_and_depends_on_each_argument() -> None:
    assert derive(1, "worker", "Feed#1") == 5984804188895832217
    assert len({derive(1, "a", "b"), derive(1, "a", "c"), derive(2, "a", "b"), derive(1, "a"), derive(1, "ab")}) == 5


def test_an_id_out_of_a_stream_is_a_uuid_of_version_four() -> None:
    text = uuid_from(Randomness(7).stream("ids"))

    assert uuid.UUID(text).version == 4
    assert uuid_from(Randomness(7).stream("ids")) == text
