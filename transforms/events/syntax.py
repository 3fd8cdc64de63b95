"""Logical subjects, objects and phrases of a trigger, read off spaCy's dependency parse.

The parse gives surface relations; events need logical ones. So passives are turned round, relative pronouns go back to their noun,
and a verb without a subject of its own takes the one of the verb that governs, coordinates or controls it.
"""

from collections.abc import Iterator

from spacy.tokens import Token

_DEPTH = 8  # of inheritance: bounds the work on a sentence of a thousand nested clauses
_NO_PARTY = frozenset({"according", "due", "thanks", "prior", "owing", "because"})
"""First words of compound prepositions that give a source, a cause or a time, not somebody who takes part."""
_ADVERBS_WITH_PHRASES = frozenset(
    {"away", "out", "back", "aside", "together", "down", "off", "up", "along", "jointly", "alongside"}
)
"""Adverbs and particles that carry the preposition of their verb: "walked away from the deal"."""
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
        return own
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
            if governor.lemma_.lower() in object_control and not is_passive(governor):
                controlled = [child for child in governor.children if child.dep_ in ("dobj", "obj")]
                if controlled:
                    return controlled
            return surface_subjects(governor, object_control, depth + 1)
        return _holders(governor, object_control, depth)
    return []


def phrases(token: Token) -> Iterator[tuple[str, Token]]:
    """(preposition, noun) of each prepositional phrase on `token`, nested prepositions included ("out of Mali": of)."""
    for child in token.children:
        if child.dep_ in ("advmod", "prt") and child.lower_ in _ADVERBS_WITH_PHRASES:
            yield from phrases(child)
        if child.dep_ in ("prep", "agent") or (child.dep_ == "dative" and child.tag_ in ("IN", "TO")):
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
        elif child.dep_ == "advcl" and child.tag_ == "VB" and child.left_edge.lower_ == "to":
            found.append(child)
    return found


def coordinated(token: Token) -> list[Token]:
    """The token and the nouns coordinated with it, in the order of the text."""
    found, queue = [token], [token]
    while queue:
        current = queue.pop()
        for child in current.children:
            if child.dep_ == "conj" and not is_verb(child):
                found.append(child)
                queue.append(child)
    return sorted(found, key=lambda one: one.i)


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
