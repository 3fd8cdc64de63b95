"""The lexicon: mistakes are named with file and reason, and every rule codes the sentence that it gives as its example."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from transforms.annotate import load_model
from transforms.clean import clean
from transforms.document import Event, RawRecord
from transforms.lexicon import Lexicon, Rule, compile_lexicon, load_lexicon, read_lexicon
from transforms.pipeline import Coder
from transforms.pipelines import SHIPPED
from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import EVENT_TYPES

SHIFTED = {"CONSULT": "AGREE", "SUPPORT": "AGREE", "COOPERATE": "AGREE", "AID": "AGREE", "RETREAT": "CONCEDE"}
"""What the type of a rule becomes when its example stands in the future."""
SHARED = '[classes]\ncaptive = ["hostage", "prisoner"]\n[light]\nverbs = ["hold"]\n[prepositions]\nwords = ["to", "from"]\n'
RULE = '[[rule]]\nid = "free"\nverb = ["free"]\nobject = ["@captive"]\nexample = "Chad freed two prisoners."\n'


def compiled(text: str, shared: str = SHARED) -> Lexicon:
    return compile_lexicon({"_shared.toml": shared, "retreat.toml": text})


TYPE = 'type = "RETREAT"\n'
HEAD = '[[rule]]\nid = "free"\n'
"""In what follows the rule begins on line 2 of the file."""

MISTAKES = [
    ("not TOML", "\ntype = \n", ["retreat.toml, line 2: not TOML"]),
    ("key given twice", TYPE + RULE + 'verb = ["let"]\n', ["retreat.toml, line 7", "not TOML", "overwrite"]),
    ("not TOML up to the end", TYPE + '[[rule]]\nverb = ["free"', ["retreat.toml, line 3: not TOML"]),
    ("unknown type", 'type = "RETIRE"\n' + RULE, ["retreat.toml, line 1: ", "unknown type 'RETIRE'", "RETREAT"]),
    ("unknown type of a rule", TYPE + RULE + 'type = "RETIRE"', ["line 7, rule 1 (free)", "unknown type 'RETIRE'", "RETREAT"]),
    ("no type", RULE, ["line 1, rule 1 (free)", "unknown type None"]),
    ("no id", TYPE + '[[rule]]\nverb = ["free"]\n', ["line 2, rule 1 (no id)", "needs an id"]),
    ("duplicate id", TYPE + RULE + RULE, ["line 8, rule 2 (free)", "'retreat.free' stands twice, first in retreat.toml, line 2"]),
    (
        "duplicate rule",
        TYPE + RULE + RULE.replace('"free"', '"release"', 1),
        ["line 9, rule 2 (release)", "duplicate of retreat.free in retreat.toml, line 2", "'free'"],
    ),
    ("unknown key", TYPE + RULE + 'verbs = ["release"]\n', ["line 7, rule 1 (free)", "unknown key 'verbs'", "verb"]),
    ("unknown key of the file", 'typ = "RETREAT"\n' + RULE, ["retreat.toml, line 1: unknown key 'typ'"]),
    ("unknown table of the file", TYPE + RULE + "[[rules]]\n", ["retreat.toml, line 7: unknown key 'rules'"]),
    ("one rule without its brackets", TYPE + RULE.replace("[[rule]]", "[rule]"), ["line 2: ", "[[rule]]"]),
    ("two triggers", TYPE + RULE + 'noun = ["release"]\n', ["line 7, rule 1 (free)", "exactly one of verb, noun, adjective"]),
    ("no trigger", TYPE + HEAD, ["line 2, rule 1 (free)", "exactly one of verb"]),
    ("empty trigger", TYPE + HEAD + "verb = []\n", ["line 4, rule 1 (free)", "verb is empty"]),
    ("word list that is a string", TYPE + HEAD + 'verb = "free"\n', ["line 4, rule 1 (free)", "list of words", "'free'"]),
    ("modes that are a string", TYPE + RULE + 'modes = "release"\n', ["line 7", "list of words", "'release'"]),
    ("role that is a string", TYPE + RULE + 'actor = "subject"\n', ["line 7", "actor: expected a list of words", "'subject'"]),
    ("bad role", TYPE + RULE + 'recipient = ["the object"]\n', ["line 7", "recipient has 'the object'", "preposition"]),
    ("misspelt role", TYPE + RULE + 'recipient = [\n  "to",\n  "objekt",\n]\n', ["line 9", "recipient has 'objekt'", "object"]),
    ("bad class", TYPE + RULE.replace("@captive", "@captives"), ["line 5", "unknown class '@captives'", "@captive"]),
    ("bad test", TYPE + RULE.replace("@captive", "#captive"), ["line 5", "unknown test '#captive'", "#person"]),
    ("bad class in a preposition", TYPE + RULE + 'preposition = { from = ["@jail"] }\n', ["line 7", "unknown class '@jail'"]),
    ("bad preposition", TYPE + RULE + 'preposition = { form = ["jail"] }\n', ["line 7", "'form'", "[prepositions]"]),
    (
        "preposition in a table below",
        TYPE + RULE + '[rule.preposition]\nfrom = ["@jail"]\n',
        ["rule 1 (free)", "unknown class '@jail'"],
    ),
    ("preposition that is a list", TYPE + RULE + 'preposition = ["from"]\n', ["line 7", "expected a table"]),
    (
        "bad class in a forbidden preposition",
        TYPE + RULE + 'not_preposition = { from = ["@jail"] }\n',
        ["line 7, rule 1 (free)", "unknown class '@jail'"],
    ),
    ("bad mode", TYPE + RULE + 'modes = ["visit"]\n', ["line 7, rule 1 (free)", "RETREAT has no mode 'visit'", "release"]),
    ("bad context", TYPE + RULE + 'contexts = ["war"]\n', ["line 7, rule 1 (free)", "unknown context 'war'", "military"]),
    ("bad needs", TYPE + RULE + 'needs = "all"\n', ["line 7, rule 1 (free)", "needs = 'all'", "both"]),
    ("bad voice", TYPE + RULE + 'voice = "middle"\n', ["line 7, rule 1 (free)", "voice = 'middle'", "passive"]),
    ("bad confidence", TYPE + RULE + "confidence = 7\n", ["line 7, rule 1 (free)", "confidence = 7", "at most 1"]),
    ("confidence in quotes", TYPE + RULE + 'confidence = "high"\n', ["line 7", "confidence = 'high'"]),
    ("code that is a number", TYPE + RULE + "cameo = 81\n", ["line 7", "cameo: expected text in quotes, got 81"]),
    ("switch that is a word", TYPE + RULE + 'mutual = "yes"\n', ["line 7", "mutual: expected true or false, got 'yes'"]),
]
SHARED_MISTAKES = [
    ("unknown table", "[lights]\n", ["_shared.toml, line 6: unknown table 'lights'"]),
    ("unknown context", '[contexts]\nwar = ["troop"]\n', ["line 7, [contexts]: unknown context 'war'"]),
    ("unknown key", '[future]\nverb = ["plan"]\n', ["line 7, [future]: unknown key 'verb'", "verbs"]),
    ("list that is a string", '[future]\nverbs = "plan"\n', ["line 7, [future]: verbs: expected a list of words"]),
    ("unknown type of a complement", '[complement_modes]\nREJECT = { AIDS = "assist" }\n', ["line 7", "unknown type 'AIDS'"]),
    ("unknown mode of a complement", '[complement_modes]\nREJECT = { AID = "help" }\n', ["line 7", "REJECT has no mode 'help'"]),
    ("unknown casualties", '[casualties]\ndead = ["die"]\n', ["line 7, [casualties]: unknown key 'dead'", "killed"]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_with_file_line_and_reason(text: str, expected: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        compiled(text)
    assert str(caught.value).startswith("Lexicon, retreat.toml, line ")
    for words in expected:
        assert words in str(caught.value)


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in SHARED_MISTAKES], ids=[case[0] for case in SHARED_MISTAKES])
def test_a_mistake_in_the_shared_words_is_named_with_its_line(text: str, expected: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        compiled(TYPE + RULE, SHARED[: SHARED.index("[prep")] + "\n" + text)
    for words in expected:
        assert words in str(caught.value)


def test_a_comment_and_blank_lines_move_the_line() -> None:
    text = TYPE + "# Freed and let go.\n\n" + RULE + '\n# Ran.\n[[rule]]\nid = "flee"\n\nverbs = ["flee"]\n'
    with pytest.raises(UsageError, match=r"retreat\.toml, line 14, rule 2 \(flee\): unknown key 'verbs'"):
        compiled(text)


def test_a_rule_knows_where_it_stands_and_how_it_is_written() -> None:
    text = TYPE + RULE + '\n# Ran.\n[[rule]]\nid = "flee"\nverb = ["flee"]\n'
    free, flee = sorted(compiled(text).rules, key=lambda rule: rule.line)
    assert (free.file, free.line, free.entry) == ("retreat.toml", 2, RULE.strip())
    assert (flee.line, flee.entry) == (9, '[[rule]]\nid = "flee"\nverb = ["flee"]')


def test_every_rule_of_the_lexicon_is_found_in_its_file() -> None:
    folder = files("transforms") / "data" / "lexicon"
    for rule in load_lexicon().rules:
        lines = (folder / rule.file).read_text("utf-8").splitlines()
        assert lines[rule.line - 1].strip() == "[[rule]]", rule.rule_id
        assert f'id = "{rule.rule_id.partition(".")[2]}"' in rule.entry.splitlines(), rule.rule_id


def test_a_folder_of_ones_own_is_read_and_named(tmp_path: Path) -> None:
    (tmp_path / "_shared.toml").write_text(SHARED)
    (tmp_path / "retreat.toml").write_text(TYPE + RULE)
    assert [rule.rule_id for rule in read_lexicon(tmp_path).rules] == ["retreat.free"]
    (tmp_path / "retreat.toml").write_text(TYPE + RULE + "verbs = 3\n")
    with pytest.raises(UsageError, match=f"Lexicon, {tmp_path}/retreat.toml, line 7, rule 1"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "empty", "a_file"])
def test_what_is_no_folder_of_rules_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a_file").write_text(RULE)
    with pytest.raises(UsageError, match=str(tmp_path / name)):
        read_lexicon(tmp_path / name)


MODE_WORDS = [
    ('[complement_words.REQUEST]\nvisit = ["free"]\n', "REQUEST has no mode 'visit'"),
    ('[complement_words.REQUEST]\nyield = ["free"]\nchange = ["free"]\n', "'free' stands under yield and change of REQUEST"),
]


@pytest.mark.parametrize(("table", "reason"), MODE_WORDS)
def test_a_mistake_in_the_modes_of_complements_is_named(table: str, reason: str) -> None:
    with pytest.raises(UsageError, match=r"_shared.toml, line 1, \[complement_words\]: " + re.escape(reason)):
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
    block = re.search(r"```toml mine/visas.toml\n(.*?)```", how_to, re.DOTALL)
    assert block is not None
    folder = files("transforms") / "data" / "lexicon"
    sources = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    sources["visas.toml"] = block[1]
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


def test_every_trigger_is_reachable_as_texts_are_split_into_words() -> None:
    """The key of a rule's head is the lemma without hyphens, or the last of the words that the tokenizer makes of it."""
    lexicon, nlp = load_lexicon(), load_model(SHIPPED)
    tables = {"verb": lexicon.verbs, "noun": lexicon.nouns, "adjective": lexicon.adjectives}
    dead = []
    for rule in lexicon.rules:
        for phrase in rule.heads:
            words = phrase.split()
            tokens = nlp.make_doc(words[0] if rule.trigger == "verb" else words[-1])
            key = tokens[-1].lower_.replace("-", "")
            before = " ".join(token.lower_ for token in tokens[:-1])
            entries = tables[rule.trigger].get(key, ())
            if not any(other is rule and before in rest for rest, other in entries):
                dead.append((rule.rule_id, phrase))
    assert dead == []


@pytest.mark.parametrize(
    ("text", "rule_type"),
    [
        ("Kenyan students staged a sit-in outside the ministry.", "PROTEST"),
        ("Egyptian police re-arrested the activist.", "COERCE"),
        ("Sudan and Chad agreed on a cease-fire.", "AGREE"),
    ],
)
def test_a_trigger_with_a_hyphen_fires(coder: Coder, text: str, rule_type: str) -> None:
    coded = coder.code(clean(RawRecord("t", 0, 0, "r", text, publisher="p", published="2026-03-12")))
    assert rule_type in {event.event_type for event in coded.events}
