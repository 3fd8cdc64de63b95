"""Logical subjects, objects and phrases of a trigger, read off spaCy's dependency parse.

The parse gives surface relations; events need logical ones. So passives are turned round, relative pronouns go back to their noun,
and a verb without a subject of its own takes the one of the verb that governs, coordinates or controls it.
"""

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Token

from transforms.package_data import read_toml

_DEPTH = 8  # of inheritance: bounds the work on a sentence of a thousand nested clauses
_NO_PARTY = frozenset({"according", "due", "thanks", "prior", "owing", "because"})
"""First words of compound prepositions that give a source, a cause or a time, not somebody who takes part."""
_ADVERBS_WITH_PHRASES = frozenset(
    {"away", "out", "back", "aside", "together", "down", "off", "up", "along", "jointly", "alongside"}
)
"""Adverbs and particles that carry the preposition of their verb: "walked away from the deal"."""
_ACCOMPANY = frozenset({"together", "along", "jointly", "alongside"})
"""Words before "with" that make what follows one more of those that act, or that are acted upon."""
_IN_COMPANY = frozenset({"coordination", "concert", "tandem", "partnership", "conjunction", "league", "alliance", "collaboration"})
"""Nouns that do the same after "in": "in tandem with Chad"."""
_WITH_OTHERS = "alongside"  # what `phrases` calls every preposition of company
_RELATIVE_TAGS = frozenset({"WDT", "WP", "WP$"})


def is_verb(token: Token) -> bool:
    """Whether the token is tagged as a verb form."""
    return token.tag_.startswith("VB") or token.tag_ == "MD"


def is_passive(verb: Token, depth: int = 0) -> bool:
    """Whether the clause of `verb` is passive, a reduced relative included ("troops sent to Mali")."""
    for child in verb.children:
        if child.dep_ in ("auxpass", "nsubjpass"):
            return True
    if verb.tag_ != "VBN" or any(child.dep_ == "aux" for child in verb.children):
        return False
    if verb.dep_ == "acl":
        return True
    if verb.dep_ == "conj" and is_verb(verb.head) and depth < _DEPTH:
        return is_passive(verb.head, depth + 1) and not any(child.dep_ == "nsubj" for child in verb.children)
    return verb.dep_ in ("advcl", "amod") and not any(child.dep_ in ("dobj", "nsubj") for child in verb.children)


def subjects(verb: Token, object_control: frozenset[str]) -> list[Token]:
    """Logical subjects of `verb`: who acts. Only the first of coordinated nouns; see `coordinated`."""
    return _agents(verb) if is_passive(verb) else surface_subjects(verb, object_control)


def objects(verb: Token, object_control: frozenset[str]) -> list[Token]:
    """Logical objects of `verb`: what or who is acted upon."""
    direct = [child for child in verb.children if child.dep_ in ("dobj", "obj")]
    if is_passive(verb):
        return surface_subjects(verb, object_control) + direct
    if direct:
        return [_antecedent(token, verb) for token in direct]
    if verb.dep_ == "relcl" and not any(child.dep_ == "nsubj" and child.tag_ in _RELATIVE_TAGS for child in verb.children):
        return [verb.head]
    shared = [c for c in verb.children if c.dep_ == "conj" and is_verb(c) and not _subjects_of_its_own(c)]
    if shared and not any(child.dep_ in ("prep", "xcomp", "ccomp", "advmod") for child in verb.children):
        return [child for child in shared[0].children if child.dep_ in ("dobj", "obj")]
    return []


def indirect_objects(verb: Token) -> list[Token]:
    """To whom something is given: "gave Kenya a loan"."""
    return [child for child in verb.children if child.dep_ in ("dative", "iobj") and child.tag_ not in ("IN", "TO")]


def surface_subjects(verb: Token, object_control: frozenset[str], depth: int = 0) -> list[Token]:
    """Grammatical subjects, inherited where the clause has none of its own; empty when there is none to inherit."""
    own = _subjects_of_its_own(verb)
    if own:
        return own + _companions(verb)
    if depth >= _DEPTH:
        return []
    if verb.dep_ in ("ROOT", "ccomp", "parataxis") and verb.tag_ in ("VBD", "VBZ", "VBP"):
        before = _noun_before(verb)
        if before is not None:
            return [before]
    head = verb.head
    if verb.dep_ == "acl":
        if verb.tag_ in ("VBG", "VBN"):
            return [head]
        return _holders(head, object_control, depth)
    if head is verb or head == verb:
        return []
    if verb.dep_ in ("conj", "dep", "parataxis") and is_verb(head):
        return surface_subjects(head, object_control, depth + 1)
    if verb.dep_ in ("xcomp", "ccomp", "advcl", "oprd") and is_verb(head):
        if verb.dep_ != "advcl" and head.lemma_.lower() in object_control and not is_passive(head):
            controlled = [child for child in head.children if child.dep_ in ("dobj", "obj", "dative")]
            if controlled:
                return controlled
        return surface_subjects(head, object_control, depth + 1)
    if verb.dep_ in ("xcomp", "advcl") and head.pos_ in ("ADJ", "NOUN") and is_verb(head.head):
        return surface_subjects(head.head, object_control, depth + 1)
    if verb.dep_ == "pcomp":
        governor = head.head
        if is_verb(governor):
            inherited = surface_subjects(governor, object_control, depth + 1)
            if is_passive(governor):
                return inherited
            controlled = [child for child in governor.children if child.dep_ in ("dobj", "obj")]
            if governor.lemma_ == "join" and head.lower_ == "in":
                return inherited + controlled
            blamed = head.lower_ == "for" and governor.lemma_.lower() in listed("blamed")
            if controlled and (blamed or governor.lemma_.lower() in object_control):
                return controlled
            return inherited
        return _holders(governor, object_control, depth)
    return []


def phrases(token: Token) -> Iterator[tuple[str, Token]]:
    """(preposition, noun) of each prepositional phrase on `token`, nested prepositions included ("out of Mali": of)."""
    for child in token.children:
        if child.dep_ in ("advmod", "prt") and child.lower_ in _ADVERBS_WITH_PHRASES:
            company = _company(child)
            yield from ((_WITH_OTHERS, noun) for noun in company) if company else phrases(child)
        if (
            child.tag_ == "VB"
            and child.dep_ in ("xcomp", "advcl")
            and child.text.istitle()
            and child.i
            and child.nbor(-1).lower_ == "to"
        ):
            yield "to", child  # a name after "to" that the parser takes for an infinitive
        if child.dep_ in ("prep", "agent") or (child.dep_ == "dative" and child.tag_ in ("IN", "TO")):
            if company := _company(child):
                yield from ((_WITH_OTHERS, noun) for noun in company)
                continue
            word = child.lower_
            if word in _NO_PARTY:
                continue
            for inner in child.children:
                if inner.dep_ == "pobj":
                    yield word, inner
                elif inner.dep_ in ("prep", "pcomp"):
                    for nested in inner.children:
                        if nested.dep_ == "pobj":
                            yield inner.lower_, nested
                if inner.dep_ == "conj" and inner.tag_ in ("IN", "TO"):
                    yield from ((inner.lower_, noun) for noun in inner.children if noun.dep_ == "pobj")


def clauses(token: Token) -> list[Token]:
    """Heads of the complement clauses of a verb, noun or adjective: of "agreed to stop" the token "stop".

    Adjectives and nouns that say what the object is made or called ("set houses ablaze") count as well.
    """
    found = [c for c in token.children if c.dep_ in ("xcomp", "ccomp", "oprd", "acomp") or (c.dep_ == "acl" and not is_verb(token))]
    for child in token.children:
        if child.dep_ == "prep":
            found += [inner for inner in child.children if inner.dep_ == "pcomp"]
        elif child.dep_ in ("dobj", "obj"):  # "held the militants responsible", "took steps to enhance freedoms"
            found += [c for c in child.children if c.dep_ == "amod" and c.i > child.i and c.pos_ == "ADJ"]
            found += [c for c in child.children if c.dep_ in ("acl", "relcl") and c.tag_ == "VB"]
        elif child.dep_ == "advcl" and child.tag_ == "VB" and child.left_edge.lower_ in ("to", "for"):  # "calls for X to quit"
            found.append(child)
    return found


def coordinated(token: Token) -> list[Token]:
    """The token and the nouns coordinated with it, those joined by "along with" or "like" included, in the order of the text."""
    found, queue = [token], [token]
    while queue:
        current = queue.pop()
        for child in current.children:
            more = [child] if child.dep_ == "conj" and not is_verb(child) else _company(child, noun=True)
            if child.dep_ == "appos":  # "the premier, Ann Obi, and her Polish counterpart"
                more = [c for c in child.children if c.dep_ == "conj" and not is_verb(c) and _after_comma(c)]
            found += more
            queue += more
    return sorted(found, key=lambda one: one.i)


def agents_of(noun: Token) -> list[Token]:
    """Who holds, runs or made what `noun` names, told by a reduced relative: "the reef held by Manila"."""
    return [agent for child in noun.children if child.dep_ == "acl" and child.tag_ == "VBN" for agent in _agents(child)]


def _company(child: Token, *, noun: bool = False) -> list[Token]:
    """The nouns that a phrase of company adds: "together with Chad", "alongside Chad"; to a `noun` also "like Chad"."""
    if child.dep_ not in ("prep", "advmod", "prt"):
        return []
    word = child.lower_
    before = child.nbor(-1).lower_ if child.i > 0 else ""
    if word == "alongside" or (word == "with" and before in _ACCOMPANY) or (word == "like" and noun):
        return [inner for inner in child.children if inner.dep_ == "pobj"]
    if word == "in":
        nested = [inner for inner in child.children if inner.dep_ == "pobj" and inner.lemma_.lower() in _IN_COMPANY]
    else:
        nested = [child] if word in _ACCOMPANY else []
    return [
        inner
        for one in nested
        for part in one.children
        if part.dep_ == "prep" and part.lower_ == "with"
        for inner in part.children
        if inner.dep_ == "pobj"
    ]


def _companions(verb: Token) -> list[Token]:
    """Nouns in a phrase of company that hangs on the verb: "Along with Chad, Niger ...", "... alongside troops of Chad"."""
    found: list[Token] = []
    for child in verb.children:
        found += _company(child, noun=child.lower_ == "like" and child.i < verb.i and child.i + 1 < len(child.doc))
    return found


def _after_comma(noun: Token) -> bool:
    """Whether "and" with a comma before it joins the noun to what precedes: the apposition has ended."""
    first = noun.left_edge.i
    return first > 1 and noun.doc[first - 1].dep_ == "cc" and noun.doc[first - 2].lower_ == ","


@cache
def listed(table: str) -> frozenset[str]:
    """The words of one of the tables of standing.toml that have no sector."""
    return frozenset(read_toml("standing.toml")[table]["words"])


def governor(noun: Token) -> tuple[Token | None, str]:
    """The verb that governs a noun, and the noun's place there: subject, object or the preposition in between."""
    if noun.dep_ == "conj" and not is_verb(noun.head):
        return governor(noun.head)
    head = noun.head
    if noun.dep_ in ("dobj", "obj", "attr", "oprd") and is_verb(head):
        return head, "object"
    if noun.dep_ == "nsubjpass":
        return head, "object"
    if noun.dep_ == "nsubj" and (is_verb(head)):
        return head, "subject"
    if noun.dep_ == "pobj" and is_verb(head.head):
        return head.head, head.lower_
    if noun.dep_ == "pobj" and is_verbless(head):
        return head, "be"
    return None, ""


def is_verbless(token: Token) -> bool:
    """Whether a preposition or adjective is what its clause states, without a verb: "Unions on strike", "Sides close to deal"."""
    return not is_verb(token) and token.pos_ in ("ADP", "ADJ", "ADV") and any(c.dep_ == "nsubj" for c in token.children)


def _agents(verb: Token) -> list[Token]:
    return [noun for word, noun in phrases(verb) if word == "by"]


def _subjects_of_its_own(verb: Token) -> list[Token]:
    return [
        _antecedent(child, verb)
        for child in verb.children
        if child.dep_ in ("nsubj", "nsubjpass") and child.lower_ not in ("there", "it's")
    ]


def _noun_before(verb: Token) -> Token | None:
    """The noun that ends right before a finite verb to which the parser gave no subject: it hangs in the wrong place."""
    for token in reversed(verb.doc[: verb.i]):
        if token.pos_ in ("NOUN", "PROPN", "PRON"):
            return token if token.head.i < verb.i and token.dep_ in ("appos", "conj", "pobj", "dep", "npadvmod", "nsubj") else None
        if token.dep_ not in ("punct", "aux", "advmod", "neg"):
            return None
    return None


def _antecedent(token: Token, verb: Token) -> Token:
    if token.tag_ not in _RELATIVE_TAGS:
        return token
    clause = verb
    for _ in range(_DEPTH):
        if clause.dep_ == "relcl":
            return clause.head
        if clause.dep_ not in ("conj", "xcomp", "ccomp"):
            break
        clause = clause.head
    return token


def _holders(noun: Token, object_control: frozenset[str], depth: int) -> list[Token]:
    """Who has the plan, the right or the decision of which a clause hangs: its possessor, else the subject of its verb."""
    possessors = [child for child in noun.children if child.dep_ == "poss"]
    if possessors:
        return possessors
    verb, place = governor(noun)
    return surface_subjects(verb, object_control, depth + 1) if verb is not None and place != "subject" else []
