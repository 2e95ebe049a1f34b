"""kata.toml, and what its author may get wrong."""

from pathlib import Path

import pytest

from harness.judge.catalogue import UnknownKataError, catalogue, find_folder
from harness.judge.kata_file import KataWrong, read_kata, samples_of
from harness.judge.scenarios import ScenarioUnknownError, choose_scenario
from harness.tests.fake_kata import KATA_TOML, write_kata


def wrong(home: Path, *, toml: str = KATA_TOML, files: dict[str, str] | None = None) -> KataWrong:
    folder = write_kata(home, {"katas/42_doors/kata.toml": toml, **(files or {})})
    with pytest.raises(KataWrong) as caught:
        read_kata(folder)
    return caught.value


def test_a_kata_is_read_whole(tmp_path: Path) -> None:
    kata = read_kata(write_kata(tmp_path))

    assert (kata.name, kata.number, kata.title, kata.seeds) == ("42_doors", 42, "Doors", (1, 2))
    assert [promise.id for promise in kata.promises] == ["P1", "P2"]
    assert kata.promises[0].points == {"test_door_opens": 3, "test_door_opens_twice": 2}
    assert kata.max_score == 10
    assert kata.solutions == tmp_path / "solutions" / "42_doors"
    assert kata.services[0].implementation == "lock:Lock"
    assert kata.starter.message == "stayed shut"


def test_a_service_may_have_an_address(tmp_path: Path) -> None:
    toml = KATA_TOML.replace('"lock:Lock"\n', '"lock:Lock"\naddress = "10.0.0.17"\n')
    folder = write_kata(tmp_path, {"katas/42_doors/kata.toml": toml})

    assert read_kata(folder).services[0].address == "10.0.0.17"


def test_a_service_may_be_one_that_no_parameter_names(tmp_path: Path) -> None:
    folder = write_kata(tmp_path, {"katas/42_doors/kata.toml": KATA_TOML.replace('parameter = "LockUrl"\n', "")})

    assert read_kata(folder).services[0].parameter == ""


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace('"lock:Lock"\n', '"lock:Lock"\naddress = "legacy"\n'))

    assert (error.happened, error.got) == ("`address` is no IPv4 address.", "legacy")


def test_marked_tests_are_samples(tmp_path: Path) -> None:
    assert samples_of(read_kata(write_kata(tmp_path))) == {"test_door_opens"}


def test_toml_that_is_none_is_told_with_line_and_column(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml="number = 42\ntitle = Doors\n")
    assert error.place == "katas/42_doors/kata.toml:2:9"
    assert "not TOML" in error.happened


def test_an_unknown_key_is_told_with_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace("[[promises]]", "[[promises]]\nsentense = 'x'", 1))
    assert error.line == 9
    assert error.happened == "Unknown key `sentense` in [promises[0]]."
    assert error.try_ == "rename it to `sentence`"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert wrong(tmp_path, toml=KATA_TOML.replace('title = "Doors"\n', "")).happened == "`title` is missing."


def test_points_for_a_test_that_is_not_there_are_refused(tmp_path: Path) -> None:
    error = wrong(
        tmp_path, toml=KATA_TOML.replace("test_door_opens_twice = 2", "test_door_closes = 2\ntest_door_opens_twice = 2")
    )
    assert error.happened == "test_door_closes has points, but acceptance/test_p1_opens.py has no such test."
    assert error.line == 14


def test_a_test_without_points_is_refused(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace("test_door_opens_twice = 2\n", ""))
    assert error.happened == "test_door_opens_twice has no points."
    assert error.try_ == "add to its [promises.points]: test_door_opens_twice = 1"


def test_a_missing_promise_file_is_named(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace("test_p2_shut.py", "test_p3.py"))
    assert error.happened == "There is no acceptance/test_p3.py."
    assert error.line == 19


def test_a_gate_that_is_not_there_is_refused(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace('gate = "test_door_opens"', 'gate = "test_gate"'))
    assert error.happened == "`gate` names a scenario that is not there: test_gate."
    assert error.line == 6


def test_a_starter_scenario_that_is_not_there_is_refused(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace('scenario = "test_door_opens"', 'scenario = "test_starter"'))
    assert error.happened == "`scenario` names a scenario that is not there: test_starter."


@pytest.mark.parametrize("seeds", ["[]", "[1, 1]", "[1, true]", '["1"]', "1"])
def test_seeds_are_different_numbers(tmp_path: Path, seeds: str) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace("[1, 2]", seeds))
    assert error.happened == "`seeds` is not a list of numbers."
    assert error.line == 5


def test_a_scenario_name_is_used_once(tmp_path: Path) -> None:
    toml = KATA_TOML.replace("test_wrong_key_is_refused = 5", "test_door_opens = 5")
    error = wrong(
        tmp_path, toml=toml, files={"katas/42_doors/acceptance/test_p2_shut.py": "async def test_door_opens(): ...\n"}
    )
    assert error.happened == "Two scenarios are called test_door_opens: one of P1, one of P2."


def test_a_test_defined_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    twice = "async def test_wrong_key_is_refused(): ...\n" * 2
    error = wrong(tmp_path, files={"katas/42_doors/acceptance/test_p2_shut.py": twice})
    assert error.happened == "acceptance/test_p2_shut.py defines test_wrong_key_is_refused twice, again in line 2."


def test_an_acceptance_file_that_is_not_python_is_told_with_its_line(tmp_path: Path) -> None:
    error = wrong(tmp_path, files={"katas/42_doors/acceptance/test_p2_shut.py": "\nasync def test_x(:\n"})
    assert (error.file, error.line) == ("katas/42_doors/acceptance/test_p2_shut.py", 2)


def test_the_number_is_that_of_the_folder(tmp_path: Path) -> None:
    assert wrong(tmp_path, toml=KATA_TOML.replace("42", "43")).happened == "`number` is not that of the folder."


def test_a_service_has_an_implementation(tmp_path: Path) -> None:
    error = wrong(tmp_path, toml=KATA_TOML.replace("lock:Lock", "bolt:Bolt"))
    assert (error.happened, error.got) == ("The service `lock` has no implementation.", "bolt:Bolt")


def test_an_acceptance_file_is_never_imported(tmp_path: Path) -> None:
    source = "raise SystemExit\nasync def test_wrong_key_is_refused(): ...\n"
    kata = read_kata(write_kata(tmp_path, {"katas/42_doors/acceptance/test_p2_shut.py": source}))
    assert "test_wrong_key_is_refused" in kata.promises[1].points


def test_an_error_can_be_part_of_a_verdict(tmp_path: Path) -> None:
    explanation = wrong(tmp_path, toml="x = ").explanation
    assert (explanation.file, explanation.line) == ("katas/42_doors/kata.toml", 1)


@pytest.mark.parametrize("text", ["42", "042", "42_doors", "door", "Doors", "katas/42_doors/"])
def test_a_kata_is_found_by_number_name_or_part(tmp_path: Path, text: str) -> None:
    assert find_folder(text, write_kata(tmp_path).parent).name == "42_doors"


def test_an_unknown_kata_names_the_nearest(tmp_path: Path) -> None:
    katas = write_kata(tmp_path).parent
    (katas / "07_windows").mkdir()
    with pytest.raises(UnknownKataError, match='no kata "windoes"') as caught:
        find_folder("windoes", katas)
    assert caught.value.try_ == "kata show 07"


def test_a_part_that_several_have_is_refused(tmp_path: Path) -> None:
    katas = write_kata(tmp_path).parent
    (katas / "43_indoors").mkdir()
    with pytest.raises(UnknownKataError, match="part of the names of 2 katas"):
        find_folder("door", katas)


def test_the_catalogue_lists_a_kata_that_cannot_be_read(tmp_path: Path) -> None:
    katas = write_kata(tmp_path).parent
    (katas / "07_windows").mkdir()
    assert [(entry.number, entry.problem) for entry in catalogue(katas)] == [(7, "no kata.toml"), (42, "")]


def test_a_scenario_is_chosen_by_a_part_that_only_one_has(tmp_path: Path) -> None:
    kata = read_kata(write_kata(tmp_path))
    assert choose_scenario(kata, "wrong key") == "test_wrong_key_is_refused"
    assert choose_scenario(kata, "test_door_opens") == "test_door_opens"


def test_a_part_of_several_scenarios_lists_them(tmp_path: Path) -> None:
    kata = read_kata(write_kata(tmp_path))
    with pytest.raises(ScenarioUnknownError, match="part of 2 scenario names") as caught:
        choose_scenario(kata, "door")
    assert caught.value.got == "test_door_opens\ntest_door_opens_twice"
