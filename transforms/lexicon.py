"""The event lexicon: TOML files of rules, read once, checked, and indexed by the lemma that triggers them.

An analyst adds a verb by adding a rule to a file; every mistake in it is named with file, line and reason before any work starts.
The format is described in docs/how-to/add-a-rule.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from transforms.lexicon_source import Block, SourceFile, read_source
from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import CASUALTY_KINDS, CONTEXTS, EVENT_TYPES

SHARED_FILE: Final = "_shared.toml"
TRIGGERS: Final = ("verb", "noun", "adjective")
SLOTS: Final = ("subject", "object", "complement", "modifier", "not_object", "not_subject", "not_complement", "not_modifier")
ENTITY_TESTS: Final = (
    *("#actor", "#person", "#official", "#organisation", "#country", "#place", "#group", "#money"),
    *("#clause", "#must", "#will", "#if", "#infinitive", "#any"),
)
ROLE_SOURCES: Final = (
    "subject",
    "object",
    "indirect",
    "possessive",
    "modifier",
    "holder",
    "clause.subject",
    "clause.object",
    "place",
)
NEEDS: Final = ("actor", "recipient", "both", "either")
SHARED_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "classes": (),
    "contexts": CONTEXTS,
    "reporting": ("verbs",),
    "light": ("verbs",),
    "negation": ("words", "verbs"),
    "future": ("auxiliaries", "modifiers", "verbs"),
    "hypothetical": ("auxiliaries", "modifiers", "verbs", "markers"),
    "control": ("object",),
    "complement_modes": tuple(EVENT_TYPES),
    "complement_words": tuple(EVENT_TYPES),
    "complement_nouns": tuple(EVENT_TYPES),
    "notable": ("people",),
    "casualties": CASUALTY_KINDS,
    "transparent": ("nouns",),
    "weapons": tuple(EVENT_TYPES["ASSAULT"].modes),
    "armed": tuple(EVENT_TYPES["ASSAULT"].modes),
    "refines": tuple(EVENT_TYPES["ASSAULT"].modes),
    "outcome": ("verbs",),
    "prepositions": ("words",),
}
"""Tables of the shared file and the keys that each may have (of classes: any)."""
_LISTS: Final = (*TRIGGERS, *SLOTS, "modes", "contexts", "actor", "recipient")
_TABLES: Final = ("preposition", "not_preposition")
_TEXTS: Final = ("id", "type", "cameo", "voice", "needs", "example")
_SWITCHES: Final = ("mutual", "swallow")
_KNOWN: Final = frozenset({*_LISTS, *_TABLES, *_TEXTS, *_SWITCHES, "confidence"})


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
    file: str = ""
    line: int = 0
    """Where the rule stands, lines counted from 1."""
    entry: str = ""
    """The rule as it is written there."""
    specificity: int = field(init=False)
    """How much the rule asks for; of several rules that match the same words the most specific wins."""
    around: tuple["Constraint", ...] = field(init=False)
    """`slots`, `not_prepositions` and `prepositions`, in this order, as they are asked of a sentence."""

    def __post_init__(self) -> None:
        wanted = [words for name, words in self.slots.items() if not name.startswith("not_")] + list(self.prepositions.values())
        excludes = bool(self.not_prepositions) or any(name.startswith("not_") for name in self.slots)
        asked = sum(_asks_for(words) for words in wanted) + (self.voice is not None) + excludes
        object.__setattr__(self, "specificity", asked)
        around = [
            *(_constraint(name.removeprefix("not_"), words, name.startswith("not_")) for name, words in self.slots.items()),
            *(_constraint(f"{word}:", words, True) for word, words in self.not_prepositions.items()),
            *(_constraint(f"{word}:", words, False) for word, words in self.prepositions.items()),
        ]
        object.__setattr__(self, "around", tuple(around))


class Constraint(NamedTuple):
    """What must, or if `excluded` may not, stand in a slot ("object") or behind a preposition ("in:")."""

    place: str
    words: frozenset[str]
    tests: tuple[str, ...]
    """The tests among the words."""
    excluded: bool


def _constraint(place: str, words: frozenset[str], excluded: bool) -> Constraint:
    return Constraint(place, words, tuple(sorted(word for word in words if word.startswith("#"))), excluded)


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
    complement_nouns: Mapping[str, Mapping[str, str]]
    """By type, the mode that follows from a noun of its object: of "demands a recount" the recount."""
    notable: frozenset[str]
    """Nouns of those whose killing is aimed at them: "commander", "journalist"."""
    casualties: Mapping[str, str]
    """Word to what befell people: "kill", or a verb with what goes with it: "shoot dead"."""
    casualty_verbs: frozenset[str]
    """The verbs that tell it only with another word."""
    transparent: frozenset[str]
    """Nouns that only count or group what follows: "thousands of refugees", "a series of bombs"."""
    weapons: Mapping[str, str]
    """Means of force to the ASSAULT mode that they tell: "drone strike", "machete"."""
    armed: Mapping[str, str]
    """Who or what strikes, to the mode that it tells as the subject: "gunman", "warplane"."""
    refines: Mapping[str, frozenset[str]]
    """Mode to the modes that say the same less exactly: jets that drop bombs are aerial, not explosives."""
    outcome: frozenset[str]
    """Verbs that tell what another act of force led to: "attacked the base, killing nine"."""


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that ships with Newsmill; raises UsageError for a mistake in it."""
    folder = files("transforms") / "data" / "lexicon"
    return compile_lexicon({e.name: e.read_text("utf-8") for e in folder.iterdir() if e.name.endswith(".toml")})


def read_lexicon(folder: Path) -> Lexicon:
    """The lexicon in a folder of one's own; raises UsageError when it cannot be read or for a mistake in it."""
    return compile_lexicon(read_sources(folder), folder)


def read_sources(folder: Path) -> dict[str, str]:
    """The texts of the files of a lexicon by their names; raises UsageError when they cannot be read or there are none."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        sources = {path.name: path.read_text("utf-8") for path in found}
    except UnicodeDecodeError as error:
        raise UsageError(f"{folder}: a file of the lexicon is not UTF-8: {error}. Save it as UTF-8.") from error
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise UsageError(f"The lexicon {folder} cannot be read ({reason}). Name a folder of .toml files.") from error
    if not set(sources) - {SHARED_FILE}:
        raise UsageError(f"There is no lexicon in {folder}: no .toml file with rules. A lexicon is a folder of them.")
    return sources


def compile_lexicon(sources: Mapping[str, str], folder: Path | None = None) -> Lexicon:
    """Check and index the lexicon whose files have the given names and texts; raises UsageError with file, line and reason.

    With `folder`, that stands before the names of files.
    """
    parsed = {name: read_source(str(folder / name) if folder else name, text) for name, text in sorted(sources.items())}
    shared_file = parsed.pop(SHARED_FILE, None) or read_source(SHARED_FILE, "")
    shared = shared_file.content
    _check_shared(shared_file)
    classes = {f"@{name}": frozenset(words) for name, words in shared.get("classes", {}).items()}
    prepositions = frozenset(shared.get("prepositions", {}).get("words", ()))
    rules: dict[str, Rule] = {}
    senses: dict[tuple[Any, ...], Rule] = {}
    for source in parsed.values():
        for number, (entry, block) in enumerate(_entries(source), start=1):
            reader = _Entry(entry, source, block, f"rule {number} ({entry.get('id', 'no id')})", classes, prepositions)
            rule = reader.rule(source.content.get("type"))
            if rule.rule_id in rules:
                first = rules[rule.rule_id]
                where = f"first in {first.file}, line {first.line}"
                raise reader.fail(f"the id {rule.rule_id!r} stands twice, {where}; ids are unique", "id")
            reader.check_only(rule, senses)
            rules[rule.rule_id] = rule
    ordered = tuple(rules[key] for key in sorted(rules))
    casualties = _modes_by_word(shared.get("casualties", {}))
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
        complement_words={kind: _modes_by_word(table) for kind, table in shared.get("complement_words", {}).items()},
        complement_nouns={kind: _modes_by_word(table) for kind, table in shared.get("complement_nouns", {}).items()},
        notable=frozenset(shared.get("notable", {}).get("people", ())),
        casualties=casualties,
        casualty_verbs=frozenset(words.partition(" ")[0] for words in casualties if " " in words),
        transparent=frozenset(shared.get("transparent", {}).get("nouns", ())),
        weapons=_modes_by_word(shared.get("weapons", {})),
        armed=_modes_by_word(shared.get("armed", {})),
        refines=_sets(shared.get("refines", {})),
        outcome=frozenset(shared.get("outcome", {}).get("verbs", ())),
    )


def _check_shared(source: SourceFile) -> None:
    for name, table in source.content.items():
        block = source.table(name)
        if name not in SHARED_TABLES:
            raise source.mistake(f"unknown table {name!r}; known are {', '.join(sorted(SHARED_TABLES))}", block, name)
        if not isinstance(table, dict):
            raise source.mistake(f"{name} is no table: write [{name}] and its keys below", block, name)
        for key, value in table.items():
            if SHARED_TABLES[name] and key not in SHARED_TABLES[name]:
                what = "context" if name == "contexts" else "key"
                raise source.mistake(
                    f"unknown {what} {key!r}; one of {', '.join(SHARED_TABLES[name])}", block, key, what=f"[{name}]"
                )
            if name == "complement_modes":
                _check_complement_modes(source, block, key, value)
            elif name in ("complement_words", "complement_nouns"):
                _check_complement_words(source, block, key, value, name)
            elif not _is_words(value):
                raise source.mistake(f"{key}: expected a list of words, got {value!r}", block, key, what=f"[{name}]")
            elif name in ("weapons", "armed"):
                for other, words in table.items():
                    if other != key and (twice := next((word for word in value if word in words), None)):
                        reason = f"{twice!r} stands under {other} and {key}; keep one"
                        raise source.mistake(reason, block, key, what=f"[{name}]")


def _check_complement_modes(source: SourceFile, block: Block, outer: str, modes: Any) -> None:
    if not isinstance(modes, dict):
        raise source.mistake(f"{outer}: expected a table of types and modes, got {modes!r}", block, outer, what=f"[{block.name}]")
    for inner, mode in modes.items():
        if inner not in EVENT_TYPES and "." not in inner:
            reason = f"unknown type {inner!r}; one of {', '.join(EVENT_TYPES)}, or a rule such as concede.unban"
            raise source.mistake(reason, block, outer, what=f"[{block.name}]")
        if mode not in EVENT_TYPES[outer].modes:
            raise source.mistake(_no_mode(outer, mode), block, outer, what=f"[{block.name}]")


def _check_complement_words(source: SourceFile, block: Block, outer: str, table: Any, name: str) -> None:
    if not isinstance(table, dict) or not all(_is_words(words) for words in table.values()):
        raise source.mistake(f"{outer}: expected lists of words by mode, got {table!r}", block, outer, what=f"[{name}]")
    found: dict[str, str] = {}
    for mode, words in table.items():
        if mode not in EVENT_TYPES[outer].modes:
            raise source.mistake(_no_mode(outer, mode), block, outer, what=f"[{name}]")
        for word in words:
            if found.setdefault(word, mode) != mode:
                reason = f"{word!r} stands under {found[word]} and {mode} of {outer}; keep one"
                raise source.mistake(reason, block, outer, what=f"[{name}]")


def _entries(source: SourceFile) -> list[tuple[dict[str, Any], Block]]:
    """The rules of a file, each with its table as it is written."""
    for key in source.content:
        if key not in ("type", "rule"):
            raise source.mistake(f"unknown key {key!r}; known are type and [[rule]]", source.table(key), key)
    entries = source.content.get("rule", [])
    blocks = source.rules
    if not isinstance(entries, list) or len(entries) != len(blocks) or not all(isinstance(entry, dict) for entry in entries):
        raise source.mistake("each rule is a table of its own: write [[rule]] above its keys", source.table("rule"), "rule")
    return list(zip(entries, blocks, strict=True))


def _content(table: Mapping[str, frozenset[str]]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(sorted(table.items(), key=lambda item: item[0]))


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def _no_mode(event_type: str, mode: object) -> str:
    return f"{event_type} has no mode {mode!r}; it has {', '.join(EVENT_TYPES[event_type].modes) or 'none'}"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule as it is written, on its way to a Rule; every mistake is raised with its line."""

    entry: dict[str, Any]
    source: SourceFile
    block: Block
    what: str
    classes: Mapping[str, frozenset[str]]
    prepositions: frozenset[str]

    def fail(self, reason: str, key: str | None = None, value: object = None) -> UsageError:
        return self.source.mistake(reason, self.block, key, value, self.what)

    def rule(self, default_type: Any) -> Rule:
        """The rule, checked; `default_type` is the type of its file."""
        entry = self.entry
        self._check_kinds()
        if not entry.get("id"):
            raise self.fail("needs an id")
        event_type = entry.get("type", default_type)
        if event_type not in EVENT_TYPES:
            reason = f"unknown type {event_type!r}; one of {', '.join(EVENT_TYPES)}"
            raise self.fail(reason, "type") if "type" in entry or default_type is None else self.source.mistake(reason, key="type")
        triggers = [kind for kind in TRIGGERS if kind in entry]
        if len(triggers) != 1:
            raise self.fail(f"needs exactly one of {', '.join(TRIGGERS)}", next(reversed(triggers), None))
        kind: Any = triggers[0]
        self._check_values(event_type)
        heads = self._words(kind, entry[kind])
        if not heads:
            raise self.fail(f"{kind} is empty", kind)
        slots: dict[str, frozenset[str]] = {slot: self._words(slot, entry[slot]) for slot in SLOTS if slot in entry}
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
            prepositions=self._phrases("preposition"),
            not_prepositions=self._phrases("not_preposition"),
            voice=entry.get("voice"),
            actor=tuple(entry.get("actor", default_actor)),
            recipient=tuple(entry.get("recipient", default_recipient)),
            mutual=entry.get("mutual", False),
            swallow=entry.get("swallow", event_type in ("AGREE", "REQUEST", "REJECT", "THREATEN")),
            needs=entry.get("needs", "either"),
            confidence=entry.get("confidence", 0.7),
            example=entry.get("example", ""),
            file=self.source.name,
            line=self.block.line,
            entry=self.block.text,
        )

    def check_only(self, rule: Rule, senses: dict[tuple[Any, ...], Rule]) -> None:
        """No rule before asks the same around the same word, with its parties in the same places: one would never fire."""
        around = tuple(_content(one) for one in (rule.slots, rule.prepositions, rule.not_prepositions))
        for head in rule.heads:
            first = senses.setdefault(
                (rule.trigger, head, around, rule.voice, rule.actor, rule.recipient, rule.needs, rule.mutual), rule
            )
            if first is not rule:
                where = f"{first.rule_id} in {first.file}, line {first.line}"
                reason = f"duplicate of {where}: both match {head!r} with the same around it, so that one never fires"
                raise self.fail(reason, rule.trigger, head)

    def _check_kinds(self) -> None:
        """Each key is known, and its value of the kind that it takes."""
        for key, value in self.entry.items():
            if key not in _KNOWN:
                raise self.fail(f"unknown key {key!r}; known are {', '.join(sorted(_KNOWN))}", key)
            if key in _LISTS and not _is_words(value):
                raise self.fail(f"{key}: expected a list of words, got {value!r}", key)
            if key in _TABLES and not isinstance(value, dict):
                raise self.fail(f"{key}: expected a table such as {{ with = ['word'] }}, got {value!r}", key)
            if key in _TEXTS and not isinstance(value, str):
                raise self.fail(f"{key}: expected text in quotes, got {value!r}", key)
            if key in _SWITCHES and not isinstance(value, bool):
                raise self.fail(f"{key}: expected true or false, got {value!r}", key)

    def _check_values(self, event_type: str) -> None:
        entry = self.entry
        for mode in entry.get("modes", ()):
            if mode not in EVENT_TYPES[event_type].modes:
                raise self.fail(_no_mode(event_type, mode), "modes", mode)
        for context in entry.get("contexts", ()):
            if context not in CONTEXTS:
                raise self.fail(f"unknown context {context!r}; one of {', '.join(CONTEXTS)}", "contexts", context)
        if entry.get("needs", "either") not in NEEDS:
            raise self.fail(f"needs = {entry['needs']!r}; one of {', '.join(NEEDS)}", "needs")
        if entry.get("voice", "active") not in ("active", "passive"):
            raise self.fail(f"voice = {entry['voice']!r}; active or passive", "voice")
        confidence = entry.get("confidence", 0.7)
        if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 < confidence <= 1:
            raise self.fail(f"confidence = {confidence!r}; a number above 0, at most 1", "confidence")
        for role in ("actor", "recipient"):
            for source in entry.get(role, ()):
                if source not in ROLE_SOURCES and not self._is_preposition(source):
                    raise self.fail(f"{role} has {source!r}; a preposition or one of {', '.join(ROLE_SOURCES)}", role, source)

    def _is_preposition(self, word: str) -> bool:
        """Whether a word is one of the shared file's prepositions; any word is where it lists none."""
        return word in self.prepositions if self.prepositions else word.isalpha()

    def _phrases(self, key: str) -> dict[str, frozenset[str]]:
        for preposition in self.entry.get(key, {}):
            if not self._is_preposition(preposition):
                raise self.fail(f"{key} has {preposition!r}, which is not among [prepositions] of {SHARED_FILE}", key)
        return {preposition: self._words(key, nouns) for preposition, nouns in self.entry.get(key, {}).items()}

    def _words(self, key: str, values: Any) -> frozenset[str]:
        """The words of a list, classes replaced by theirs."""
        if not _is_words(values):
            raise self.fail(f"{key}: expected a list of words, got {values!r}", key)
        found: set[str] = set()
        for value in values:
            if value.startswith("@"):
                if value not in self.classes:
                    reason = f"unknown class {value!r}; {SHARED_FILE} has {', '.join(sorted(self.classes))}"
                    raise self.fail(reason, key, value)
                found |= self.classes[value]
            elif value.startswith("#") and value not in ENTITY_TESTS:
                raise self.fail(f"unknown test {value!r}; one of {', '.join(ENTITY_TESTS)}", key, value)
            else:
                found.add(value)
        return frozenset(found)


def _default_roles(trigger: str, has_object: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if trigger == "noun":
        return ("subject", "by", "possessive", "modifier"), ("on", "against", "to", "with", "of")
    return ("subject",), ("to", "against", "on", "with", "from", "for", "object") if has_object else ("object",)


def _index(rules: Iterable[Rule], trigger: str) -> dict[str, tuple[tuple[str, Rule], ...]]:
    """Verbs by their first word ("carry out": carry), nouns and adjectives by their last ("air strike": strike).

    A word with a hyphen may come as one token, whose lemma is looked up without it, or as three ("sit-in": in, after "sit -").
    """
    found: dict[str, dict[tuple[str, str], tuple[str, Rule]]] = {}
    for rule in rules:
        if rule.trigger != trigger:
            continue
        for phrase in rule.heads:
            first, _, last = phrase.partition(" ") if trigger == "verb" else reversed(phrase.rpartition(" "))
            for head, rest in _spellings(first, last):
                found.setdefault(head, {}).setdefault((rest, rule.rule_id), (rest, rule))
    return {lemma: tuple(entries.values()) for lemma, entries in found.items()}


def _spellings(head: str, rest: str) -> Iterator[tuple[str, str]]:
    """A head word and the rest of its phrase, as the tokens of a text may have them."""
    rests = [rest, rest.replace("-", " - ")] if "-" in rest else [rest]
    for one in rests:
        yield head.replace("-", ""), one
        if "-" in head:
            before, _, last = head.replace("-", " - ").rpartition(" ")
            yield last, f"{before} {one}".strip()


def _sets(table: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in table.items()}


def _modes_by_word(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Word to mode, from mode to words."""
    return {word: mode for mode, words in table.items() for word in words}


def _contexts(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Lemma to contexts, from context to lemmas."""
    found: dict[str, list[str]] = {}
    for context, words in table.items():
        for word in words:
            found.setdefault(word, []).append(context)
    return {word: tuple(names) for word, names in found.items()}
