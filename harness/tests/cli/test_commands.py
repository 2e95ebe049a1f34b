"""The other commands, each as it is typed."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.tests.cli.conftest import Kata
from harness.tests.fake_kata import KATA_TOML


def test_list_names_each_kata_and_how_far_the_learner_is(kata: Kata, home: Path) -> None:
    assert kata("list").out == "42  Doors   10 points   3 scenarios\n\nNext: kata start 42\n"
    kata("start", "42")
    assert kata("list").out == "42  Doors   10 points   3 scenarios  begun, 0 points\n\nNext: kata test 42\n"


def test_list_as_json(kata: Kata) -> None:
    listed = json.loads(kata("list", "--json").out)
    assert listed["schema"] == "serverless-katas/list/1"
    assert listed["katas"][0]["title"] == "Doors"


def test_list_tells_of_a_kata_that_cannot_be_read(kata: Kata, home: Path) -> None:
    (home / "katas/42_doors/kata.toml").write_text("title =")
    ended = kata("list")
    assert ended.code == 0
    assert ended.out.startswith("42  42_doors  cannot be read: kata.toml: ")


def test_list_imports_nothing_heavy() -> None:
    code = (
        "import sys; from harness.cli.main import main; main(['list']);"
        "print(sorted({'rich.console', 'rich.markdown', 'pytest', 'moto', 'boto3', 'msgspec', 'asyncio', 'pydantic'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_show_prints_the_readme_and_what_is_promised(kata: Kata) -> None:
    ended = kata("show", "doors")
    assert ended.code == 0
    assert "Build a door." in ended.out
    assert "  P1    5  The door opens for whoever holds the key.\n" in ended.out
    assert "sample: door opens\n" in ended.out
    assert "and 1 hidden scenario\n" in ended.out
    assert "wrong key is refused" not in ended.out
    assert ended.out.endswith("Next: kata start 42\n")


def test_start_says_what_it_did_and_what_is_next(kata: Kata, home: Path) -> None:
    ended = kata("start", "42")
    assert ended.out == (
        "The starter of 42_doors is in workspace/42_doors:\n"
        "  src/app.py\n  template.yaml\n\n"
        "Read:  kata show 42\nNext:  kata test 42\n"
    )
    assert (home / "workspace/42_doors/src/app.py").is_file()


def test_start_to_another_folder(kata: Kata, home: Path) -> None:
    ended = kata("start", "42", "--to", "my door")
    assert ended.out.endswith("Next:  kata test 42 --path 'my door'\n")
    assert (home / "my door/template.yaml").is_file()


def test_start_never_overwrites(kata: Kata, home: Path) -> None:
    kata("start", "42")
    (home / "workspace/42_doors/template.yaml").write_text("my work")
    ended = kata("start", "42")
    assert ended.code == 2
    assert "is there already; nothing was written." in ended.err
    assert (home / "workspace/42_doors/template.yaml").read_text() == "my work"


def test_verify_draws_a_table(kata: Kata) -> None:
    ended = kata("verify", "42")
    assert ended.code == 0
    assert "ok  chaff/any-key     is rejected by wrong key is refused" in ended.out
    assert ended.out.endswith("42_doors holds: 4 solutions, 1 seed.\n")


def test_verify_ends_with_2_when_the_kata_does_not_hold(kata: Kata, home: Path) -> None:
    (home / "solutions/42_doors/chaff/any-key/template.yaml").write_text("")
    ended = kata("verify", "42", "--seeds", "2")
    assert ended.code == 2
    assert "chaff/any-key: seed 2: test_wrong_key_is_refused did not reject it: passed" in ended.out
    assert "42_doors does not hold: 1 of 4 solutions not as they must be." in ended.out


def test_verify_as_json(kata: Kata) -> None:
    told = json.loads(kata("verify", "42", "--seeds", "3", "--json").out)
    assert told["reports"][0]["holds"] is True
    assert told["reports"][0]["seeds"] == [1, 2, 3]


def test_an_authors_mistake_is_exit_code_2_with_its_line(kata: Kata, home: Path) -> None:
    (home / "katas/42_doors/kata.toml").write_text(KATA_TOML.replace("test_door_opens = 3", "test_door_opens = 0.5"))
    ended = kata("verify", "42")
    assert ended.code == 2
    assert ended.err == (
        "katas/42_doors/kata.toml:13: `test_door_opens` is not a number.\n"
        "  Expected: a whole number >= 0\n"
        "  Got:      0.5\n"
    )


def cohort(home: Path, **templates: str) -> None:
    for student, text in templates.items():
        (home / "in" / student).mkdir(parents=True)
        (home / "in" / student / "template.yaml").write_text(text)


def test_grade_gives_everybody_a_grade(kata: Kata, home: Path) -> None:
    cohort(home, ada="", bob="cannot be judged")
    (home / "in/notes.txt").write_text("")
    ended = kata("grade", "42", "in", "--out", "out")

    assert ended.code == 0
    assert "ada      10/10  passed\n" in "\n".join(line.rstrip() for line in ended.out.splitlines()) + "\n"
    assert "2 submissions, 1 passed. Results: out/results.csv\n" in ended.out
    assert ended.err == "Ignored beside the folders: notes.txt\n"
    with (home / "out/results.csv").open() as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ada", "bob"]


def test_grade_again_keeps_to_the_same_folder(kata: Kata, home: Path) -> None:
    cohort(home, ada="", bob="")
    kata("grade", "42", "in", "--out", "out")
    (home / "in/bob/template.yaml").unlink()
    (home / "in/bob").rmdir()
    ended = kata("grade", "42", "in", "--out", "out")
    assert ended.code == 0
    assert ended.err == "Left from an earlier run in students/: bob\n"


def test_grade_as_json(kata: Kata, home: Path) -> None:
    cohort(home, ada="")
    told = json.loads(kata("grade", "42", "in", "--out", "out", "--json").out)
    assert told["schema"] == "serverless-katas/cohort/1"
    assert told["grades"][0]["score"] == 10


def test_grade_with_a_dying_judge_is_exit_code_3(kata: Kata, home: Path) -> None:
    cohort(home, ada="the judge dies", bob="")
    ended = kata("grade", "42", "in", "--out", "out")
    assert ended.code == 3
    assert "2 submissions, 1 passed." in ended.out


def test_grade_refuses_a_folder_that_is_not_its_own(kata: Kata, home: Path) -> None:
    cohort(home, ada="")
    ended = kata("grade", "42", "in", "--out", ".")
    assert ended.code == 2
    assert "lie within each other" in ended.err


def test_an_unknown_kata_is_an_error_object_where_json_is_asked_for(kata: Kata) -> None:
    ended = kata("test", "windows", "--json")
    assert ended.code == 2
    assert json.loads(ended.out)["error"]["happened"] == 'There is no kata "windows".'


def test_an_unknown_option_is_exit_code_2(kata: Kata) -> None:
    ended = kata("test", "--nonsense")
    assert (ended.code, ended.out) == (2, "")
    assert "No such option" in ended.err


def test_help_has_examples(kata: Kata) -> None:
    ended = kata("--help")
    assert ended.code == 0
    assert "kata test 07 --only burst --seed 3" in ended.out
    assert kata().out == ended.out


def test_the_version_is_printed(kata: Kata) -> None:
    assert kata("--version").out.startswith("kata 0.")


def test_a_folder_without_katas_is_an_error(kata: Kata, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KATAS_HOME", str(home / "nowhere"))
    ended = kata("list")
    assert ended.code == 2
    assert f"No katas at {home}/nowhere." in ended.err


def test_a_terminal_that_knows_only_ascii_gets_escapes(home: Path) -> None:
    toml = (home / "katas/42_doors/kata.toml").read_text().replace('"Doors"', '"Türen"')
    (home / "katas/42_doors/kata.toml").write_text(toml)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "KATAS_HOME": str(home)}
    done = subprocess.run([sys.executable, "-m", "harness.cli.main", "list"], capture_output=True, env=environment)
    assert done.returncode == 0
    assert done.stdout.startswith(b"42  T\\xfcren")


def test_a_reader_that_closes_the_pipe_sees_no_traceback(home: Path) -> None:
    command = f"{sys.executable} -m harness.cli.main show 42 | true"
    done = subprocess.run(command, shell=True, capture_output=True, env={**os.environ, "KATAS_HOME": str(home)})
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_ctrl_c_from_outside_ends_the_command_with_130(home: Path) -> None:
    code = (
        "import sys, signal, os\n"
        "from harness.cli.main import main\n"
        "from harness.cli.judges import Judges\n"
        "def judge(job, *, on_scenario):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.pause()\n"
        "sys.exit(main(['test', '42', '--path', 'katas/42_doors/starter'], Judges(one=judge)))\n"
    )
    environment = {**os.environ, "KATAS_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, cwd=home)
    assert done.returncode == 128 + signal.SIGINT
    assert b"Interrupted." in done.stderr
    assert b"Traceback" not in done.stderr
