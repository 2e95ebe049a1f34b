"""YAML is read as CloudFormation reads it, and bombs go off nowhere."""

import pytest
import yaml

from harness.cloud.template import errors
from harness.cloud.template.tree import Place
from harness.cloud.template.yaml_source import parse


def test_short_forms_become_long_forms() -> None:
    tree = parse(b"A: !Ref X\nB: !GetAtt Q.Arn\nC: !Join ['', [a, !Sub '${X}']]\n", "template.yaml")

    assert tree == {
        "A": {"Ref": "X"},
        "B": {"Fn::GetAtt": "Q.Arn"},
        "C": {"Fn::Join": ["", ["a", {"Fn::Sub": "${X}"}]]},
    }


def test_json_is_yaml_too() -> None:
    assert parse(b'{"A": {"Ref": "X"}, "B": [1, true]}', "template.yaml") == {"A": {"Ref": "X"}, "B": [1, True]}


def test_every_value_knows_its_line_and_column() -> None:
    tree = parse(b"A:\n  B: 1\n  C: [x, y]\n", "template.yaml")

    assert tree["A"].key_place("B") == Place(2, 3)
    assert tree["A"].value_place("B") == Place(2, 6)
    assert tree["A"]["C"].places == [Place(3, 7), Place(3, 10)]


def test_a_date_stays_a_text() -> None:
    assert parse(b"Version: 2012-10-17\nAt: 2026-01-05T10:00:00\n", "t") == {
        "Version": "2012-10-17",
        "At": "2026-01-05T10:00:00",
    }


def test_numbers_and_booleans_are_read_where_all_readers_agree() -> None:
    tree = parse(b"a: 30\nb: -1\nc: 1.5\nd: true\ne: False\nf: '30'\ng: 012345678901\nh: 1e3\ni: 0\n", "t")

    assert tree == {
        "a": 30, "b": -1, "c": 1.5, "d": True, "e": False, "f": "30", "g": "012345678901", "h": "1e3", "i": 0,
    }  # fmt: skip


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off"])
def test_a_word_that_some_read_as_a_boolean_is_refused(word: str) -> None:
    with pytest.raises(errors.AmbiguousValue, match=rf"template.yaml:1:4: Some YAML readers take {word} for a boolean"):
        parse(f"a: {word}".encode(), "template.yaml")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("010", "octal"), ("0o17", "octal"), ("0x1F", "hexadecimal"), ("0b11", "binary"), ("1_000", "grouped"),
     ("1:30", "sexagesimal"), ("22:22:22", "sexagesimal")],
)  # fmt: skip
def test_a_number_that_readers_disagree_about_is_refused(text: str, kind: str) -> None:
    with pytest.raises(errors.AmbiguousValue, match=rf"Some YAML readers take {text} for a {kind} number"):
        parse(f"a: {text}".encode(), "t")


def test_the_same_word_in_quotes_is_a_text() -> None:
    assert parse(b"a: 'yes'\nb: \"010\"\n", "t") == {"a": "yes", "b": "010"}


def test_an_ambiguous_key_is_refused_too() -> None:
    with pytest.raises(errors.AmbiguousValue, match="Some YAML readers take on for a boolean"):
        parse(b"on: x", "t")


@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null", "a: [x, ]\nb: [~]"])
def test_null_is_refused(text: str) -> None:
    with pytest.raises(errors.EmptyValue, match="This key has no value, and CloudFormation refuses null"):
        parse(text.encode(), "t")


def test_a_duplicate_key_names_both_lines() -> None:
    with pytest.raises(errors.DuplicateKey, match=r"t:4:1: The key a stands twice in one mapping, on lines 1 and 4\."):
        parse(b"a: 1\nb: 2\n\na: 3\n", "t")


def test_a_merge_key_is_refused() -> None:
    with pytest.raises(errors.UnsupportedYaml, match="Merge keys"):
        parse(b"a: &a {x: 1}\nb:\n  <<: *a\n", "t")


def test_an_unknown_tag_gets_the_nearest_one() -> None:
    with pytest.raises(errors.UnknownTag, match=r"(?s)!GetAttr is not a tag.*Try: write GetAtt"):
        parse(b"a: !GetAttr X.Arn", "t")


def test_a_python_tag_constructs_nothing() -> None:
    with pytest.raises(errors.UnknownTag, match=r"t:1:4: !!python/object/apply:os.system is not a tag"):
        parse(b"a: !!python/object/apply:os.system ['true']", "t")


def test_aliases_are_expanded() -> None:
    assert parse(b"a: &x {k: [1]}\nb: *x\n", "t")["b"] == {"k": [1]}


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    with pytest.raises(errors.UnsupportedYaml, match=r"The alias \*a lies inside what it stands for"):
        parse(b"a: &a [*a]", "t")


def test_an_alias_without_anchor_is_refused() -> None:
    with pytest.raises(errors.TemplateNotYaml, match=r"alias"):
        parse(b"a: *b", "t")


def test_an_alias_bomb_is_refused_while_it_is_read() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))

    with pytest.raises(errors.TemplateTooLarge, match="more than 50000 values, aliases expanded"):
        parse(f"l0: &l0 [x, x, x, x, x, x, x, x, x]\n{levels}".encode(), "t")


def test_more_than_a_hundred_aliases_are_refused() -> None:
    with pytest.raises(errors.TemplateTooLarge, match="more than 100 aliases"):
        parse(("a: &a 1\nb: [" + ", ".join(["*a"] * 101) + "]").encode(), "t")


@pytest.mark.parametrize("text", ["a: " + "[" * 99_000, "a: " + "[" * 60, "- " * 60, "? " * 40_000])
def test_deep_nesting_is_refused_and_does_not_crash_the_process(text: str) -> None:
    with pytest.raises(errors.TemplateError, match=r"nested more than 50 levels deep|A key must be a text"):
        parse(text.encode(), "t")


def test_a_file_over_the_limit_is_not_parsed() -> None:
    with pytest.raises(errors.TemplateTooLarge, match="The template has 200001 bytes"):
        parse(b"#" * 200_001, "t")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The template is empty"),
        (b"# nothing\n", "The template is empty"),
        (b"- a\n- b\n", "(?s)The template is not a mapping.*Got: a list"),
        (b"hello", "(?s)The template is not a mapping.*Got: the text hello"),
        (b"a: 1\n---\nb: 1\n", "more than one YAML document"),
        (b"a: b\nc: \xff\n", r"t:2: Byte 0xff is not UTF-8"),
        (b"a: \x1b[31m", r"t:1: Character '\\x1b' is not allowed in YAML"),
        (b"a: b\n\x00", r"t:2: Character '\\x00' is not allowed in YAML"),
        (b"a: 'open", "This is not YAML: found unexpected end of stream"),
        (b"a: b: c", "This is not YAML: mapping values are not allowed"),
        (b"? [x]\n: y\n", "A key must be a text"),
    ],
)
def test_what_is_not_a_template_says_why(data: bytes, message: str) -> None:
    with pytest.raises(errors.TemplateError, match=message):
        parse(data, "t")


def test_a_tab_is_called_a_tab() -> None:
    with pytest.raises(errors.TemplateNotYaml, match=r"(?s)t:2:1: .*Try: indent with spaces: this line holds a tab"):
        parse(b"a:\n\tb: 1\n", "t")


def test_without_the_c_parser_the_tree_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"A: !Ref X\nB: &b\n  c: [1, true, '5', 2012-10-17]\nD: *b\nE: |\n  text\n"
    fast = parse(text, "t")

    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    slow = parse(text, "t")

    assert slow == fast
    assert slow["B"]["c"].places == fast["B"]["c"].places


@pytest.mark.parametrize("text", ["a: " + "[" * 20_000, "a: [*a]", "a: 'open", "a:\n\tb: 1"])
def test_without_the_c_parser_the_same_things_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

    with pytest.raises(errors.TemplateError):
        parse(text.encode(), "t")


@pytest.mark.parametrize("text", ["0" * 150_000 + "x", "9" * 150_000, "1:" * 70_000 + "x", "1_" * 70_000 + "x"])
def test_an_endless_number_is_a_text_and_takes_no_time(text: str) -> None:
    assert parse(f"a: {text}".encode(), "t") == {"a": text}
