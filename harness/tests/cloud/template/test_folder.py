"""The folder: where the template is, and that nothing leads out of it."""

import os
from pathlib import Path

import pytest

from harness.cloud.template import Template, errors, read_template
from harness.tests.cloud.template.conftest import FUNCTION, SAM, Read

MINIMAL = f"{SAM}Resources:{FUNCTION}"


def read_folder(folder: Path) -> Template:
    return read_template(folder, parameters={}, account_id="123456789012", region="eu-west-1")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.FolderMissing, match=f"There is no folder {tmp_path}/nothing"):
        read_folder(tmp_path / "nothing")


def test_a_file_instead_of_a_folder_is_refused(folder: Path) -> None:
    with pytest.raises(errors.FolderMissing, match=r"app.py is a file"):
        read_folder(folder / "src" / "app.py")


def test_an_empty_folder_lacks_a_template(tmp_path: Path) -> None:
    with pytest.raises(errors.TemplateMissing, match=r"(?s)There is no template.yaml in .*Got: no file at all"):
        read_folder(tmp_path)


def test_a_template_one_level_down_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "template.yaml").write_text(MINIMAL)

    with pytest.raises(errors.TemplateMissing, match=r"Try: submit the folder of answer/template.yaml"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", ["template.yml", "Template.yaml"])
def test_a_template_of_nearly_the_right_name_is_read_with_a_warning(folder: Path, name: str) -> None:
    (folder / name).write_text(MINIMAL)

    template = read_folder(folder)

    assert template.warnings == (f"The template is called {name}; `sam deploy` looks for template.yaml.",)
    assert list(template.functions) == ["Worker"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_template_is_named(folder: Path) -> None:
    (folder / "template.yaml").write_text(MINIMAL)
    (folder / "template.yaml").chmod(0)

    with pytest.raises(errors.TemplateMissing, match=r"template.yaml cannot be read"):
        read_folder(folder)


def test_a_link_out_of_the_folder_is_refused_wherever_it_lies(folder: Path) -> None:
    (folder / "template.yaml").write_text(MINIMAL)
    (folder / "src" / "deep").mkdir()
    (folder / "src" / "deep" / "secrets").symlink_to("/etc")

    with pytest.raises(errors.LinkOutside, match=r"The symbolic link src/deep/secrets leads out .*\nGot: .* -> /etc"):
        read_folder(folder)


def test_a_template_that_is_a_link_outside_is_not_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "other.yaml"
    elsewhere.write_text(MINIMAL)
    (folder / "template.yaml").symlink_to(elsewhere)

    with pytest.raises(errors.LinkOutside, match=r"The symbolic link template.yaml leads out"):
        read_folder(folder)


def test_a_link_inside_the_folder_is_fine(folder: Path) -> None:
    (folder / "template.yaml").write_text(MINIMAL)
    (folder / "src" / "same.py").symlink_to("app.py")

    assert read_folder(folder).functions["Worker"].code_dir == (folder / "src").resolve()


@pytest.mark.parametrize("uri", ["../", "../elsewhere", "/tmp", "src/../../", "/"])
def test_code_outside_the_folder_is_refused(read: Read, uri: str) -> None:
    with pytest.raises(errors.CodeUriOutside, match=r"template.yaml:\d+:16: CodeUri of Worker leads out of the folder"):
        read("Resources:" + FUNCTION.replace("src/", uri))


@pytest.mark.parametrize("uri", ["s3://bucket/key", "{Bucket: b, Key: k}"])
def test_code_in_a_bucket_is_refused(read: Read, uri: str) -> None:
    with pytest.raises(
        errors.CodeUriOutside, match=r"(?s)CodeUri of Worker is .*Expected: a folder beside the template"
    ):
        read("Resources:" + FUNCTION.replace("src/", uri))


def test_code_that_does_not_exist_is_named(read: Read) -> None:
    with pytest.raises(errors.CodeUriOutside, match="CodeUri of Worker is source, which does not exist"):
        read("Resources:" + FUNCTION.replace("src/", "source"))


def test_code_that_is_a_file_is_refused(read: Read) -> None:
    with pytest.raises(errors.CodeUriOutside, match=r"CodeUri of Worker is src/app.py, which is a file"):
        read("Resources:" + FUNCTION.replace("src/", "src/app.py"))


def test_a_missing_handler_module_says_what_was_looked_for_and_what_is_there(read: Read) -> None:
    with pytest.raises(errors.HandlerMissing) as caught:
        read("Resources:" + FUNCTION.replace("app.handler", "main.submit"))

    assert str(caught.value).splitlines()[:3] == [
        "template.yaml:6:16: Handler of Worker is main.submit, and there is no src/main.py.",
        "Expected: the file src/main.py with a function submit",
        "Got: src/ holds app.py",
    ]


@pytest.mark.parametrize("handler", ["pkg/module.handler", "pkg.module.handler", "pkg.handler"])
def test_a_handler_may_lie_in_a_package(folder: Path, read: Read, handler: str) -> None:
    (folder / "src" / "pkg").mkdir()
    (folder / "src" / "pkg" / "__init__.py").touch()
    (folder / "src" / "pkg" / "module.py").touch()

    template = read("Resources:" + FUNCTION.replace("app.handler", handler))

    assert template.functions["Worker"].handler == handler


@pytest.mark.parametrize(
    "handler", ["app", "app.__class__", "..app.handler", "../app.handler", "app.handler()", "a b.c"]
)
def test_a_handler_that_is_no_name_of_a_function_is_refused(read: Read, handler: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=r"(?s)Handler of Worker is .*Expected: file.function"):
        read("Resources:" + FUNCTION.replace("app.handler", f"'{handler}'"))
