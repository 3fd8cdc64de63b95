"""Events of single sentences, written for this test, by what the language does in them."""

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from transforms.clean import clean
from transforms.document import CodedDocument, Event, RawRecord
from transforms.events.syntax import phrases
from transforms.pipeline import Coder


def code(coder: Coder, text: str, published: str | None = "2024-05-15", title: str | None = None) -> CodedDocument:
    return coder.code(clean(RawRecord("test", 0, 0, "0", text, title=title, published=published)))


def brief(event: Event) -> str:
    """`TYPE/mode ACTORS>RECIPIENTS flags`, countries in order, a dash for a side without one."""
    sides = [
        ",".join(dict.fromkeys(p.country or p.entity_id or "?" for p in event.participants if p.role == role)) or "-"
        for role in ("actor", "recipient")
    ]
    flags = [name for name in ("negated", "future", "hypothetical", "historical") if getattr(event, name)]
    return " ".join(["/".join([event.event_type, *event.modes]), ">".join(sides), *flags])


ACTIVE_AND_PASSIVE = [
    ("Iran bombed Iraq.", "ASSAULT/aerial IRN>IRQ"),
    ("Iraq was bombed by Iran.", "ASSAULT/aerial IRN>IRQ"),
    ("Kenya condemned Sudan.", "ACCUSE/disapprove KEN>SDN"),
    ("Sudan was condemned by Kenya on Friday.", "ACCUSE/disapprove KEN>SDN"),
    ("Peru expelled the ambassador of Chile.", "SANCTION/expel PER>CHL"),
]
COORDINATION = [
    ("France and Germany condemned Syria.", "ACCUSE/disapprove FRA,DEU>SYR"),
    ("Turkey criticised Greece and Cyprus.", "ACCUSE/disapprove TUR>GRC,CYP"),
]
CONTROL = [
    ("Brazil agreed to provide aid to Haiti.", "AGREE BRA>HTI"),
    ("China threatened to attack Taiwan.", "THREATEN/violence CHN>TWN"),
    ("India refused to meet Pakistan.", "REJECT/meet IND>PAK"),
    ("Egypt urged Israel to withdraw its troops.", "REQUEST/yield EGY>ISR"),
]
NOMINAL = [
    ("A meeting between Japan and Vietnam was held in Hanoi.", "CONSULT JPN,VNM>-"),
    ("An attack on Mali by Niger was reported.", "ASSAULT NER>MLI"),
    ("Norway and Sweden held talks in Oslo.", "CONSULT NOR,SWE>-"),
]
VISITS = [
    ("Canada's foreign minister paid a visit to Jordan.", "CONSULT/visit CAN>JOR"),
    ("The Polish president visited Lithuania.", "CONSULT/visit POL>LTU"),
]
TENSE_AND_MOOD = [
    ("Russia did not attack Georgia.", "ASSAULT RUS>GEO negated"),
    ("The Spanish prime minister will visit Morocco next week.", "AGREE ESP>MAR"),
    ("Ethiopia may attack Eritrea.", "ASSAULT ETH>ERI hypothetical"),
]
COMPANY = [
    ("Along with Brazil, Colombia condemned Peru.", "ACCUSE/disapprove COL,BRA>PER"),
    ("Kenya, together with Uganda and Rwanda, condemned Burundi.", "ACCUSE/disapprove KEN,UGA,RWA>BDI"),
    ("The Saudi army, alongside Emirati forces, attacked Yemen.", "ASSAULT SAU,ARE>YEM"),
    ("The foreign ministers of Japan, South Korea and China met in Tokyo.", "CONSULT/multilateral JPN,KOR,CHN>-"),
]
BEHIND_A_NOUN = [
    ("Belarus has moved two tank battalions to its border with Lithuania.", "MOBILIZE/troops BLR>LTU"),
    ("Farmers in Paraguay blocked the main road to Brazil.", "PROTEST/obstruct PRY>-"),
    ("The Dragons, a Colombian armed group, abducted four Chilean engineers.", "ASSAULT/abduct COL>CHL"),
    ("Hundreds rallied in Yerevan against the government.", "PROTEST/demo ARM>ARM"),
]
MODES_OF_COMPLEMENTS = [
    ("Norway urged Chad to free the detainees.", "REQUEST/yield NOR>TCD"),
    ("Norway urged Chad to repeal the law.", "REQUEST/change NOR>TCD"),
    ("Norway urged Chad not to attack Sudan.", "REQUEST/yield NOR>TCD"),
    ("Norway called for President Deby of Chad to step down.", "REQUEST/change NOR>TCD"),
    ("Mali refused to hold elections.", "REJECT/change MLI>-"),
    ("Mali refused to hold talks with Niger.", "REJECT/meet MLI>NER"),
]
MEETINGS_OF_SEVERAL = [
    ("Qatar mediated between Chad and Sudan.", "CONSULT/third-party QAT>TCD,SDN"),
    ("Kenya, Uganda and Rwanda held talks in Nairobi.", "CONSULT/multilateral KEN,UGA,RWA>-"),
]
GROUPS = {
    "company": COMPANY,
    "behind a noun": BEHIND_A_NOUN,
    "modes of complements": MODES_OF_COMPLEMENTS,
    "meetings of several": MEETINGS_OF_SEVERAL,
    "active and passive": ACTIVE_AND_PASSIVE,
    "coordination": COORDINATION,
    "control": CONTROL,
    "nominal events": NOMINAL,
    "visits": VISITS,
    "tense and mood": TENSE_AND_MOOD,
}


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=f"{group}: {case[0]}") for group, cases in GROUPS.items() for case in cases]
)
def test_sentence_gives_its_event(coder: Coder, text: str, expected: str) -> None:
    assert expected in [brief(event) for event in code(coder, text).events]


@pytest.mark.parametrize(
    "text",
    [
        "They are successfully developing in all directions.",
        "Heavy rain is expected in the north of Spain on Sunday.",
        "The company said profits rose by 12 percent in the third quarter.",
        "The striker scored twice as the visitors beat the champions at home.",
        "The film opens in cinemas next month.",
    ],
)
def test_sentence_without_politics_gives_no_event(coder: Coder, text: str) -> None:
    assert [brief(event) for event in code(coder, text).events] == []


def test_reporting_verb_attributes_and_is_no_event(coder: Coder) -> None:
    coded = code(coder, "Iraq bombed a base in Syria, the Turkish foreign minister said.")
    assert {event.event_type for event in coded.events} == {"ASSAULT"}
    [event] = coded.events
    assert event.attributed_start is not None
    assert event.attributed_end is not None
    assert "Turkish" in coded.document.text[event.attributed_start : event.attributed_end]


def test_date_in_the_clause_dates_the_event(coder: Coder) -> None:
    [event] = code(coder, "Iran bombed Iraq on 3 May 2024.").events
    assert (str(event.event_start), str(event.event_end), event.date_precision, event.date_basis) == (
        "2024-05-03",
        "2024-05-03",
        "day",
        "text",
    )


def test_asserted_event_without_a_date_takes_the_day_of_publication(coder: Coder) -> None:
    [event] = code(coder, "Iran bombed Iraq.").events
    assert (str(event.event_start), event.date_basis) == ("2024-05-15", "published")


def test_event_that_did_not_happen_has_no_date_of_publication(coder: Coder) -> None:
    [event] = code(coder, "Iran did not bomb Iraq.").events
    assert event.event_start is None
    assert event.date_basis is None


def test_count_of_the_killed_is_a_casualty_of_the_attack(coder: Coder) -> None:
    events = code(coder, "Rebels attacked a village in Mali on Monday, killing 14 civilians.").events
    counts = [c for event in events if event.event_type == "ASSAULT" for c in event.casualties]
    assert [(c.kind, c.count_min, c.count_max) for c in counts] == [("killed", 14, 14)]


def test_place_is_where_the_clause_says(coder: Coder) -> None:
    events = code(coder, "Norway and Sweden held talks in Helsinki.").events
    assert [(event.place, event.place_country) for event in events] == [("place:helsinki-fi", "FIN")]


def test_ids_are_unique_and_depend_only_on_the_document(coder: Coder) -> None:
    text = "Iran bombed Iraq and condemned Israel. Iraq condemned Iran."
    first, second = code(coder, text).events, code(coder, text).events
    assert first == second
    assert len({event.event_id for event in first}) == len(first) == 3


@pytest.mark.slow
def test_five_thousand_words_in_one_sentence_are_coded(coder: Coder) -> None:
    coded = code(coder, "Iran bombed Iraq " + "and Iraq bombed Iran " * 1000)
    assert coded.events


def test_sentence_of_punctuation_gives_nothing(coder: Coder) -> None:
    assert code(coder, "1 ?! ... --- ;;; (((").events == ()


def test_headline_repeats_no_event_of_the_body(coder: Coder) -> None:
    coded = code(coder, "Kenya on Monday condemned Sudan over the shelling of a market.", title="Kenya condemns Sudan")
    assert [brief(e) for e in coded.events if e.event_type == "ACCUSE"] == ["ACCUSE/disapprove KEN>SDN"]
    alone = code(coder, "The statement came from the foreign ministry.", title="Kenya condemns Sudan")
    assert [e.event_type for e in alone.events] == ["ACCUSE"]


@pytest.mark.parametrize(
    "text",
    [
        "Police in Kenya arrested ten protesters; no one was injured.",
        "Israel bombed Syria, nobody was killed.",
        "Ethiopia not only condemned Egypt but also expelled its ambassador.",
    ],
)
def test_negation_of_another_clause_denies_nothing_here(coder: Coder, text: str) -> None:
    events = code(coder, text).events
    assert events
    assert not any(event.negated for event in events)


@pytest.mark.parametrize(("words", "bounds"), [("at least 14", (14, None)), ("as many as 14", (None, 14)), ("14", (14, 14))])
def test_count_has_the_bounds_that_the_text_gives(coder: Coder, words: str, bounds: tuple[int | None, int | None]) -> None:
    events = code(coder, f"Rebels attacked a village in Mali on Monday, killing {words} civilians.").events
    assert [(c.count_min, c.count_max) for event in events for c in event.casualties] == [bounds]


SECTORS = [
    ("Kenya rejected the offer from Chad.", "KEN:GOV>TCD:GOV"),
    ("Tehran criticised Washington.", "IRN:GOV>USA:GOV"),
    ("Israeli aircraft bombed a Syrian village.", "ISR:MIL>SYR:CVL"),
    ("Ethiopian troops bombed the Eritrean barracks.", "ETH:MIL>ERI:MIL"),
    ("Iran executed two Canadians.", "IRN:GOV>CAN:CVL"),
    ("Brussels criticised Hungary.", "None:IGO>HUN:GOV"),
]


@pytest.mark.parametrize(("text", "sides"), SECTORS)
def test_country_acts_as_its_government_or_what_the_text_tells(coder: Coder, text: str, sides: str) -> None:
    (event,) = code(coder, text).events
    found = {p.role: f"{p.country}:{p.sector}" for p in event.participants}
    assert f"{found['actor']}>{found['recipient']}" == sides


def test_sector_of_the_mention_stays(coder: Coder) -> None:
    coded = code(coder, "Kenya rejected the offer from Chad.")
    assert {mention.sector for mention in coded.mentions} == {None}


def test_joined_verbs_share_the_other_side(coder: Coder) -> None:
    events = code(coder, "France's foreign minister met his Algerian counterpart and signed a treaty.").events
    assert [brief(event) for event in events] == ["CONSULT FRA>DZA", "SUPPORT FRA>DZA"]


def test_a_capital_infinitive_may_open_the_sentence() -> None:
    doc = Doc(Vocab(), ["Win", "he", "wanted"], heads=[2, 2, 2], deps=["xcomp", "nsubj", "ROOT"], tags=["VB", "PRP", "VBD"])
    assert list(phrases(doc[2])) == []


@pytest.mark.parametrize(("noun", "types"), [("Chad", ["ASSAULT"]), ("cats", [])])
def test_a_list_of_thousands_of_nouns_is_coded(coder: Coder, noun: str, types: list[str]) -> None:
    coded = code(coder, f"The minister of Kenya attacked {f'{noun} and ' * 2500}{noun}.")
    assert [event.event_type for event in coded.events] == types
