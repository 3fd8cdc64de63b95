"""The event lexicon: TOML files of rules, read once, checked, and indexed by the lemma that triggers them.

An analyst adds a verb by adding a rule to a file; every mistake in it is named with file, rule and reason before any work starts.
The format is described in docs/how-to/add-a-rule.md.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import CONTEXTS, EVENT_TYPES

SHARED_FILE: Final = "_shared.toml"
TRIGGERS: Final = ("verb", "noun", "adjective")
SLOTS: Final = ("subject", "object", "complement", "modifier", "not_object", "not_subject", "not_complement", "not_modifier")
ENTITY_TESTS: Final = (
    *("#actor", "#person", "#official", "#organisation", "#country", "#place", "#group", "#money"),
    *("#clause", "#must", "#will", "#if", "#infinitive", "#any"),
)
ROLE_SOURCES: Final = ("subject", "object", "indirect", "possessive", "modifier", "clause.subject", "clause.object", "place")
NEEDS: Final = ("actor", "recipient", "both", "either")
SHARED_KEYS: Final = frozenset(
    {
        "classes",
        "reporting",
        "light",
        "negation",
        "future",
        "hypothetical",
        "control",
        "contexts",
        "complement_modes",
        "complement_words",
        "casualties",
        "transparent",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the words that trigger it, what must stand around them, and where its participants are found."""

    rule_id: str
    event_type: str
    trigger: Literal["verb", "noun", "adjective"]
    heads: tuple[str, ...]
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    cameo_code: str | None = None
    slots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prepositions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    not_prepositions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    voice: str | None = None
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    mutual: bool = False
    swallow: bool = False
    needs: str = "either"
    confidence: float = 0.7
    example: str = ""

    @property
    def specificity(self) -> int:
        """How much the rule asks for; of several rules that match the same words the most specific wins."""
        wanted = [words for name, words in self.slots.items() if not name.startswith("not_")] + list(self.prepositions.values())
        excludes = bool(self.not_prepositions) or any(name.startswith("not_") for name in self.slots)
        return sum(_asks_for(words) for words in wanted) + (self.voice is not None) + excludes


def _asks_for(words: frozenset[str]) -> int:
    """A constraint on words says more than one on the kind of entity."""
    return 1 if all(word.startswith("#") for word in words) else 2


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules, indexed: `verbs`, `nouns` and `adjectives` map the lemma of the head word to (rest of the phrase, rule) pairs."""

    rules: tuple[Rule, ...]
    verbs: Mapping[str, tuple[tuple[str, Rule], ...]]
    nouns: Mapping[str, tuple[tuple[str, Rule], ...]]
    adjectives: Mapping[str, tuple[tuple[str, Rule], ...]]
    reporting: frozenset[str]
    light: frozenset[str]
    negation: Mapping[str, frozenset[str]]
    future: Mapping[str, frozenset[str]]
    hypothetical: Mapping[str, frozenset[str]]
    object_control: frozenset[str]
    contexts: Mapping[str, tuple[str, ...]]
    complement_modes: Mapping[str, Mapping[str, str]]
    """By type, the mode that follows from the type, or the rule, of an event nested in it."""
    complement_words: Mapping[str, Mapping[str, str]]
    """By type, the mode that follows from the verb of its complement: "free", or with what goes with it: "step down"."""
    casualties: Mapping[str, frozenset[str]]
    transparent: frozenset[str]
    """Nouns that only count or group what follows: "thousands of refugees", "a series of bombs"."""


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that ships with Newsmill; raises UsageError for a mistake in it."""
    folder = files("transforms") / "data" / "lexicon"
    return compile_lexicon({e.name: e.read_text("utf-8") for e in folder.iterdir() if e.name.endswith(".toml")})


def compile_lexicon(sources: Mapping[str, str]) -> Lexicon:
    """Check and index the lexicon whose files have the given names and texts; raises UsageError with file, rule and reason."""
    parsed: dict[str, dict[str, Any]] = {}
    for name, text in sorted(sources.items()):
        try:
            parsed[name] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{name}: not TOML: {error}") from error
    shared = parsed.pop(SHARED_FILE, {})
    unknown = set(shared) - SHARED_KEYS
    if unknown:
        raise UsageError(f"{SHARED_FILE}: unknown table {sorted(unknown)[0]!r}; known are {', '.join(sorted(SHARED_KEYS))}")
    classes = {f"@{name}": frozenset(words) for name, words in shared.get("classes", {}).items()}
    rules: dict[str, Rule] = {}
    for name, content in parsed.items():
        for number, entry in enumerate(content.get("rule", ()), start=1):
            rule = _rule(entry, f"{name}, rule {number} ({entry.get('id', 'no id')})", content.get("type"), classes)
            if rule.rule_id in rules:
                raise UsageError(f"{name}: the id {rule.rule_id!r} stands twice; ids are unique")
            rules[rule.rule_id] = rule
    ordered = tuple(rules[key] for key in sorted(rules))
    return Lexicon(
        rules=ordered,
        verbs=_index(ordered, "verb"),
        nouns=_index(ordered, "noun"),
        adjectives=_index(ordered, "adjective"),
        reporting=frozenset(shared.get("reporting", {}).get("verbs", ())),
        light=frozenset(shared.get("light", {}).get("verbs", ())),
        negation=_sets(shared.get("negation", {})),
        future=_sets(shared.get("future", {})),
        hypothetical=_sets(shared.get("hypothetical", {})),
        object_control=frozenset(shared.get("control", {}).get("object", ())),
        contexts=_contexts(shared.get("contexts", {})),
        complement_modes=shared.get("complement_modes", {}),
        complement_words={kind: _modes_by_word(kind, table) for kind, table in shared.get("complement_words", {}).items()},
        casualties=_sets(shared.get("casualties", {})),
        transparent=frozenset(shared.get("transparent", {}).get("nouns", ())),
    )


def _rule(entry: dict[str, Any], where: str, default_type: str | None, classes: Mapping[str, frozenset[str]]) -> Rule:
    def fail(reason: str) -> UsageError:
        return UsageError(f"Lexicon, {where}: {reason}")

    known = {
        *TRIGGERS,
        *SLOTS,
        "id",
        "type",
        "modes",
        "contexts",
        "cameo",
        "preposition",
        "not_preposition",
        "voice",
        "actor",
        "recipient",
    }
    known |= {"mutual", "swallow", "needs", "confidence", "example"}
    if unknown := set(entry) - known:
        raise fail(f"unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(known))}")
    if not entry.get("id"):
        raise fail("needs an id")
    event_type = entry.get("type", default_type)
    if event_type not in EVENT_TYPES:
        raise fail(f"unknown type {event_type!r}; one of {', '.join(EVENT_TYPES)}")
    triggers = [kind for kind in TRIGGERS if kind in entry]
    if len(triggers) != 1:
        raise fail(f"needs exactly one of {', '.join(TRIGGERS)}")
    kind: Any = triggers[0]
    for mode in entry.get("modes", ()):
        if mode not in EVENT_TYPES[event_type].modes:
            raise fail(f"{event_type} has no mode {mode!r}; it has {', '.join(EVENT_TYPES[event_type].modes) or 'none'}")
    for context in entry.get("contexts", ()):
        if context not in CONTEXTS:
            raise fail(f"unknown context {context!r}; one of {', '.join(CONTEXTS)}")
    if entry.get("needs", "either") not in NEEDS:
        raise fail(f"needs = {entry['needs']!r}; one of {', '.join(NEEDS)}")
    if entry.get("voice", "active") not in ("active", "passive"):
        raise fail(f"voice = {entry['voice']!r}; active or passive")
    for role in ("actor", "recipient"):
        for source in entry.get(role, ()):
            if not source.isalpha() and source not in ROLE_SOURCES:
                raise fail(f"{role} has {source!r}; a preposition or one of {', '.join(ROLE_SOURCES)}")

    def words(values: Any) -> frozenset[str]:
        if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
            raise fail(f"expected a list of words, got {values!r}")
        found: set[str] = set()
        for value in values:
            if value.startswith("@"):
                if value not in classes:
                    raise fail(f"unknown class {value!r}; {SHARED_FILE} has {', '.join(sorted(classes))}")
                found |= classes[value]
            elif value.startswith("#") and value not in ENTITY_TESTS:
                raise fail(f"unknown test {value!r}; one of {', '.join(ENTITY_TESTS)}")
            else:
                found.add(value)
        return frozenset(found)

    heads = words(entry[kind])
    if not heads:
        raise fail(f"{kind} is empty")
    slots: dict[str, frozenset[str]] = {slot: words(entry[slot]) for slot in SLOTS if slot in entry}
    default_actor, default_recipient = _default_roles(kind, "object" in slots)
    return Rule(
        rule_id=f"{event_type.lower()}.{entry['id']}",
        event_type=event_type,
        trigger=kind,
        heads=tuple(sorted(heads)),
        modes=tuple(entry.get("modes", ())),
        contexts=tuple(entry.get("contexts", ())),
        cameo_code=entry.get("cameo"),
        slots=slots,
        prepositions={preposition: words(nouns) for preposition, nouns in entry.get("preposition", {}).items()},
        not_prepositions={preposition: words(nouns) for preposition, nouns in entry.get("not_preposition", {}).items()},
        voice=entry.get("voice"),
        actor=tuple(entry.get("actor", default_actor)),
        recipient=tuple(entry.get("recipient", default_recipient)),
        mutual=entry.get("mutual", False),
        swallow=entry.get("swallow", event_type in ("AGREE", "REQUEST", "REJECT", "THREATEN")),
        needs=entry.get("needs", "either"),
        confidence=entry.get("confidence", 0.7),
        example=entry.get("example", ""),
    )


def _default_roles(trigger: str, has_object: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if trigger == "noun":
        return ("subject", "by", "possessive", "modifier"), ("on", "against", "to", "with", "of")
    return ("subject",), ("to", "against", "on", "with", "from", "for", "object") if has_object else ("object",)


def _index(rules: Iterable[Rule], trigger: str) -> dict[str, tuple[tuple[str, Rule], ...]]:
    """Verbs by their first word ("carry out": carry), nouns and adjectives by their last ("air strike": strike)."""
    found: dict[str, list[tuple[str, Rule]]] = {}
    for rule in rules:
        if rule.trigger != trigger:
            continue
        for phrase in rule.heads:
            first, _, last = phrase.partition(" ") if trigger == "verb" else reversed(phrase.rpartition(" "))
            found.setdefault(first, []).append((last, rule))
    return {lemma: tuple(entries) for lemma, entries in found.items()}


def _sets(table: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in table.items()}


def _modes_by_word(event_type: str, table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Word to mode, from mode to words."""
    found: dict[str, str] = {}
    for mode, words in table.items():
        if event_type not in EVENT_TYPES or mode not in EVENT_TYPES[event_type].modes:
            raise UsageError(f"{SHARED_FILE}, [complement_words]: {event_type} has no mode {mode!r}")
        for word in words:
            if found.setdefault(word, mode) != mode:
                raise UsageError(
                    f"{SHARED_FILE}, [complement_words]: {word!r} stands under {found[word]} and {mode} of {event_type}"
                )
    return found


def _contexts(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Lemma to contexts, from context to lemmas."""
    found: dict[str, list[str]] = {}
    for context, words in table.items():
        if context not in CONTEXTS:
            raise UsageError(f"{SHARED_FILE}, [contexts]: unknown context {context!r}; one of {', '.join(CONTEXTS)}")
        for word in words:
            found.setdefault(word, []).append(context)
    return {word: tuple(names) for word, names in found.items()}
