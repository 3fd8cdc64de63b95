"""Tells whether the clause of a date looks ahead or back, by its verbs: what a weekday or a month without year means hangs on it.

A present tense with a date speaks of what is planned ("voters go to the polls on Saturday"), but for verbs of speech, which news
puts in the present after the fact, and for what has lasted "since Monday". Under a picture it tells what is seen there ("Fans
celebrate on Saturday"): that has been.
"""

from spacy.tokens import Token

from transforms.date_readers import date_words
from transforms.wordlists import words

_SPEECH_VERBS = words("abbreviations", "speech_verbs")
_VERBS = ("VERB", "AUX")
_HELPERS = ("aux", "auxpass", "neg")
_PAST_AUXILIARIES = frozenset({"was", "were", "had", "did"})
_PRESENT_BE = frozenset({"is", "are", "'s", "’s", "'re", "’re", "am"})


def direction_of(token: Token, *, in_caption: bool = False) -> int:
    """Tell where the clause of a date lies: ahead (1: "will meet on Friday", "plans to meet"), back (-1: "met"), open (0).

    `in_caption` says that the sentence stands under a picture.
    """
    preposition = token.head.lower_ if token.head.pos_ in ("ADP", "SCONJ") else ""
    if preposition == "since":
        return -1
    until = token.head.lower_ in ("until", "till", "by")
    moved = preposition in ("to", "until", "till", "for")
    for above in token.ancestors:
        if above.pos_ not in _VERBS and above.tag_[:2] != "VB":
            if moved and above.lower_ == "due":
                return 1
            continue
        if moved and above.lemma_.lower() in date_words("rescheduling"):
            return 1
        found = _of_verb(above, in_caption=in_caption and not until)
        if found:
            return found
        if until and above.tag_ in ("VBZ", "VBP"):
            return 1
        moved = False
    return 0


def _of_verb(verb: Token, *, in_caption: bool) -> int:
    around = [child for child in verb.children if child.dep_ in _HELPERS]
    around += [helper for child in around for helper in child.children if helper.dep_ in _HELPERS]  # "will" may hang on "be"
    helpers = {child.lower_ for child in around}
    perfect = bool(helpers & {"have", "has", "'ve", "’ve"})
    if helpers & date_words("future_words"):
        return 1
    if helpers & date_words("modals"):
        return -1 if perfect else 1
    if perfect:
        return -1
    governor = verb.head
    if "to" in helpers:
        return _of_infinitive(verb, governor)
    if verb.tag_ == "VBD" or helpers & _PAST_AUXILIARIES:
        return -1
    if verb.tag_ == "VBN" and not helpers:
        return -1 if verb.dep_ == "acl" and verb.lemma_.lower() not in date_words("ahead") else 0
    if verb.tag_ == "VBG" and not helpers:
        return 0
    if verb.tag_ in ("VBZ", "VBP") or helpers & _PRESENT_BE:
        return -1 if in_caption or verb.lower_ in _SPEECH_VERBS else 1
    return 0


def _of_infinitive(verb: Token, governor: Token) -> int:
    if verb.dep_ == "xcomp" and governor.tag_ in ("VBZ", "VBP") and governor.lemma_ == "be":
        return 1
    if verb.dep_ in ("xcomp", "ccomp", "acl", "advcl") and governor.lemma_.lower() in date_words("ahead"):
        return 1
    if "going" in (verb.lower_, governor.lower_):
        return 1
    return 1 if verb.dep_ in ("relcl", "acl") and governor.pos_ in ("NOUN", "PROPN") else 0
