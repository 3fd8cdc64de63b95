"""The lexicon: mistakes are named with file and reason, and every rule codes the sentence that it gives as its example."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from transforms.clean import clean
from transforms.document import Event, RawRecord
from transforms.lexicon import Lexicon, Rule, compile_lexicon, load_lexicon
from transforms.pipeline import Coder
from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import EVENT_TYPES

SHIFTED = {"CONSULT": "AGREE", "SUPPORT": "AGREE", "COOPERATE": "AGREE", "AID": "AGREE", "RETREAT": "CONCEDE"}
"""What the type of a rule becomes when its example stands in the future."""
SHARED = '[classes]\ncaptive = ["hostage", "prisoner"]\n[light]\nverbs = ["hold"]\n'
RULE = '[[rule]]\nid = "free"\nverb = ["free"]\nobject = ["@captive"]\nexample = "Chad freed two prisoners."\n'


def compiled(text: str, shared: str = SHARED) -> Lexicon:
    return compile_lexicon({"_shared.toml": shared, "retreat.toml": text})


MISTAKES = [
    ("not TOML", "type = ", ["retreat.toml", "not TOML"]),
    ("unknown type", 'type = "RETIRE"\n' + RULE, ["retreat.toml, rule 1 (free)", "unknown type 'RETIRE'", "RETREAT"]),
    ("no type", RULE, ["retreat.toml, rule 1 (free)", "unknown type None"]),
    ("no id", 'type = "RETREAT"\n[[rule]]\nverb = ["free"]\n', ["retreat.toml, rule 1 (no id)", "needs an id"]),
    ("duplicate id", 'type = "RETREAT"\n' + RULE + RULE, ["retreat.toml", "'retreat.free' stands twice"]),
    (
        "unknown key",
        'type = "RETREAT"\n' + RULE + 'verbs = ["release"]\n',
        ["retreat.toml, rule 1 (free)", "unknown key 'verbs'", "verb"],
    ),
    (
        "two triggers",
        'type = "RETREAT"\n' + RULE + 'noun = ["release"]\n',
        ["retreat.toml, rule 1 (free)", "exactly one of verb, noun, adjective"],
    ),
    ("no trigger", 'type = "RETREAT"\n[[rule]]\nid = "free"\n', ["retreat.toml, rule 1 (free)", "exactly one of verb"]),
    ("empty trigger", 'type = "RETREAT"\n[[rule]]\nid = "free"\nverb = []\n', ["rule 1 (free)", "verb is empty"]),
    (
        "word list that is a string",
        'type = "RETREAT"\n[[rule]]\nid = "free"\nverb = "free"\n',
        ["rule 1 (free)", "list of words", "'free'"],
    ),
    (
        "bad role",
        'type = "RETREAT"\n' + RULE + 'recipient = ["the object"]\n',
        ["rule 1 (free)", "recipient has 'the object'", "preposition"],
    ),
    (
        "bad class",
        'type = "RETREAT"\n' + RULE.replace("@captive", "@captives"),
        ["rule 1 (free)", "unknown class '@captives'", "@captive"],
    ),
    (
        "bad test",
        'type = "RETREAT"\n' + RULE.replace("@captive", "#captive"),
        ["rule 1 (free)", "unknown test '#captive'", "#person"],
    ),
    (
        "bad class in a preposition",
        'type = "RETREAT"\n' + RULE + 'preposition = { from = ["@jail"] }\n',
        ["rule 1 (free)", "unknown class '@jail'"],
    ),
    (
        "bad class in a forbidden preposition",
        'type = "RETREAT"\n' + RULE + 'not_preposition = { from = ["@jail"] }\n',
        ["rule 1 (free)", "unknown class '@jail'"],
    ),
    ("bad mode", 'type = "RETREAT"\n' + RULE + 'modes = ["visit"]\n', ["rule 1 (free)", "RETREAT has no mode 'visit'", "release"]),
    ("bad context", 'type = "RETREAT"\n' + RULE + 'contexts = ["war"]\n', ["rule 1 (free)", "unknown context 'war'", "military"]),
    ("bad needs", 'type = "RETREAT"\n' + RULE + 'needs = "all"\n', ["rule 1 (free)", "needs = 'all'", "both"]),
    ("bad voice", 'type = "RETREAT"\n' + RULE + 'voice = "middle"\n', ["rule 1 (free)", "voice = 'middle'", "passive"]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_with_file_and_reason(text: str, expected: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        compiled(text)
    for words in expected:
        assert words in str(caught.value)


def test_the_second_rule_of_a_file_is_named_by_its_number() -> None:
    with pytest.raises(UsageError, match=r"retreat\.toml, rule 2 \(flee\): unknown key 'verbs'"):
        compiled('type = "RETREAT"\n' + RULE + '[[rule]]\nid = "flee"\nverbs = ["flee"]\n')


def test_an_unknown_table_of_the_shared_words_is_named() -> None:
    with pytest.raises(UsageError, match=r"_shared\.toml: unknown table 'lights'"):
        compiled('type = "RETREAT"\n' + RULE, '[lights]\nverbs = ["hold"]\n')


def test_an_unknown_context_of_the_shared_words_is_named() -> None:
    with pytest.raises(UsageError, match=r"_shared\.toml, \[contexts\]: unknown context 'war'"):
        compiled('type = "RETREAT"\n' + RULE, SHARED + '[contexts]\nwar = ["troop"]\n')


MODE_WORDS = [
    ('[complement_words.REQUEST]\nvisit = ["free"]\n', "REQUEST has no mode 'visit'"),
    ('[complement_words.REQUEST]\nyield = ["free"]\nchange = ["free"]\n', "'free' stands under yield and change of REQUEST"),
]


@pytest.mark.parametrize(("table", "reason"), MODE_WORDS)
def test_a_mistake_in_the_modes_of_complements_is_named(table: str, reason: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"_shared.toml, [complement_words]: {reason}")):
        compiled('type = "RETREAT"\n' + RULE, SHARED + table)


def test_a_class_stands_for_its_words_and_a_rule_has_its_files_type() -> None:
    (rule,) = compiled('type = "RETREAT"\n' + RULE).rules
    assert rule.slots["object"] == {"hostage", "prisoner"}
    assert (rule.rule_id, rule.event_type) == ("retreat.free", "RETREAT")


def test_a_rule_may_name_another_type_than_its_files() -> None:
    (rule,) = compiled('type = "RETREAT"\n' + RULE + 'type = "CONCEDE"\n').rules
    assert (rule.rule_id, rule.event_type) == ("concede.free", "CONCEDE")


def test_a_phrase_is_found_by_its_head_word() -> None:
    lexicon = compiled('type = "RETREAT"\n[[rule]]\nid = "a"\nverb = ["lay down"]\n[[rule]]\nid = "b"\nnoun = ["prisoner swap"]\n')
    assert [rest for rest, _ in lexicon.verbs["lay"]] == ["down"]
    assert [rest for rest, _ in lexicon.nouns["swap"]] == ["prisoner"]


def test_constraints_make_a_rule_more_specific() -> None:
    wide, narrow = compiled(
        'type = "RETREAT"\n[[rule]]\nid = "any"\nverb = ["free"]\n' + RULE.replace('"free"', '"captive"', 1)
    ).rules
    assert wide.rule_id == "retreat.any"
    assert narrow.specificity > wide.specificity


def test_every_type_has_rules() -> None:
    assert {rule.event_type for rule in load_lexicon().rules} == set(EVENT_TYPES)


def test_every_rule_has_an_example_and_a_sane_confidence() -> None:
    for rule in load_lexicon().rules:
        assert rule.example.endswith((".", "!", "?")), rule.rule_id
        assert 0 < rule.confidence <= 1, rule.rule_id


def test_no_two_rules_share_an_example() -> None:
    examples = [rule.example for rule in load_lexicon().rules]
    assert sorted(examples) == sorted(set(examples))


@pytest.mark.parametrize("rule", load_lexicon().rules, ids=lambda rule: rule.rule_id)
def test_a_rule_codes_its_example(coder: Coder, rule: Rule) -> None:
    events = coder.code(clean(RawRecord("test", 0, 0, "0", rule.example, published="2024-05-15"))).events
    found = [event for event in events if event.rule_id == rule.rule_id]
    assert found, f"{rule.example!r} gave {[_brief(event) for event in events]}"
    for event in found:
        if event.event_type == rule.event_type:
            assert set(rule.modes) <= set(event.modes)
        else:
            assert event.event_type == SHIFTED.get(rule.event_type)


def test_the_rule_of_the_how_to_works_when_added_to_the_lexicon(coder: Coder) -> None:
    how_to = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-rule.md").read_text("utf-8")
    block = re.search(r"```toml\n(\[\[rule\]\].*?)```", how_to, re.DOTALL)
    assert block is not None
    folder = files("transforms") / "data" / "lexicon"
    sources = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    sources["concede.toml"] += "\n" + block[1]
    longer = Coder(coder.nlp, compile_lexicon(sources), coder.model, "0" * 12)
    (rule,) = [rule for rule in longer.lexicon.rules if rule.rule_id == "concede.waive-visa"]
    record = RawRecord("test", 0, 0, "0", rule.example)
    assert not coder.code(clean(record)).events
    (event,) = longer.code(clean(record)).events
    assert (event.rule_id, event.event_type) == (rule.rule_id, "CONCEDE")
    assert [(p.role, p.country) for p in event.participants] == [("actor", "GHA"), ("recipient", "TGO")]


def _brief(event: Event) -> str:
    sides = [[p.entity_id or p.country for p in event.participants if p.role == role] for role in ("actor", "recipient")]
    return f"{event.event_type} by {event.rule_id}: {sides[0]} to {sides[1]}"
