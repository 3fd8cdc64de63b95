import pytest

from tests.transforms.tagged import tagged
from transforms.pipeline import Coder


@pytest.mark.parametrize(
    ("text", "words", "entity_id"),
    [
        # roles
        ("Polish President Jan Nowak arrived. The president was greeted by pupils.", "The president", "person:jan-nowak"),
        (
            "Kenya's Attorney General Ruth Otieno spoke. The Kenyan attorney general smiled.",
            "The Kenyan attorney general",
            "person:ruth-otieno",
        ),
        ("Japanese President Ken Mori arrived. The German president was there.", "The German president", None),
        # bodies
        (
            "The Ministry of Health of Ghana closed schools. The ministry said more would follow.",
            "The ministry",
            "org:ministry-of-health-of-ghana",
        ),
        ("Amnesty International criticised the arrest. The group asked for a trial.", "The group", "org:amnesty-international"),
        ("Egypt's army fired. Egyptian police watched.", "Egyptian police", "org:police-of-egypt"),
        ("Police in Kampala, Uganda, fired tear gas.", "Police", "org:police-of-uganda"),
        # places
        ("Peru raised taxes. The country has debts.", "The country", "country:PER"),
        # pronouns
        ("Anna Berg met John Smith. She thanked him.", "She", "person:anna-berg"),
        ("Anna Berg met John Smith. She thanked him.", "him", "person:john-smith"),
        ("Iran denied the charge. It said the report was false.", "It", "country:IRN"),
        ("Peter Odhiambo said he was innocent.", "he", "person:peter-odhiambo"),
        ("“I am innocent,” Peter Odhiambo said.", "I", "person:peter-odhiambo"),
        ("Oxfam warned of famine. They need money.", "They", "org:oxfam"),
        ("Ken Mori spoke. Foreign Minister Jan Nowak, who met him, agreed.", "him", "person:ken-mori"),
        ("The Lake Front, a rebel group, denied it.", "a rebel group", "org:lake-front"),
        # by syntax
        ("In his speech, Peter Odhiambo attacked the bank.", "his", "person:peter-odhiambo"),
        ("Iran, whose debts doubled, asked China to wait.", "whose", "country:IRN"),
        ("Peter Odhiambo is a carpenter from Nairobi.", "a carpenter", "person:peter-odhiambo"),
        ("Peter Odhiambo blamed himself.", "himself", "person:peter-odhiambo"),
        ("Ken Mori met Jan Nowak. The latter left.", "The latter", "person:jan-nowak"),
        # described before, or by a word of the name
        (
            "Peter Odhiambo, a carpenter, was held in Nairobi. On Monday the carpenter went home.",
            "the carpenter",
            "person:peter-odhiambo",
        ),
        ("Lake Chad has shrunk. The lake fed millions.", "The lake", "place:lake-chad"),
        ("Troops left the northern city of Aleppo.", "the northern city", "place:aleppo-sy"),
        # who speaks, and to whom
        ("“We need money,” Oxfam said.", "We", "org:oxfam"),
        ("“You must leave,” Peter Odhiambo told Anna Berg.", "You", "person:anna-berg"),
        ("Anna Berg wept. “I saw it,” she said.", "I", "person:anna-berg"),
        ("Anna Berg runs a bank.\n\nQ: Why did you start?\n\nBy chance.\n\nQ: And now?\n\nNow I rest.", "I", "person:anna-berg"),
    ],
)
def test_a_reference_is_linked_within_the_document(coder: Coder, text: str, words: str, entity_id: str | None) -> None:
    assert tagged(coder.nlp, text).one(words).entity_id == entity_id


@pytest.mark.parametrize(
    ("text", "words", "members"),
    [
        ("Relations between Chile and Peru improved. Both countries signed.", "Both countries", {"country:CHL", "country:PER"}),
        ("Serbia and Kosovo held talks in Brussels. The sides failed to agree.", "The sides", {"country:SRB", "country:XKX"}),
        ("Mexico and Canada met. Neither side gave details.", "Neither side", {"country:MEX", "country:CAN"}),
        ("The presidents of Ecuador and Peru met in Lima.", "The presidents", {"country:ECU", "country:PER"}),
        (
            "Presidents Jan Nowak and Ken Mori met. The two leaders agreed.",
            "The two leaders",
            {"person:jan-nowak", "person:ken-mori"},
        ),
        (
            "President Jan Nowak met President Ken Mori. The presidents agreed.",
            "The presidents",
            {"person:jan-nowak", "person:ken-mori"},
        ),
        ("Olaf Krause and Pedro Gil met in Berlin. They agreed to trade.", "They", {"person:olaf-krause", "person:pedro-gil"}),
    ],
)
def test_a_plural_has_the_members_that_were_named_together(coder: Coder, text: str, words: str, members: set[str]) -> None:
    mention = tagged(coder.nlp, text).one(words)
    assert mention.entity_id is None
    assert set(mention.member_ids) == members
    assert mention.country is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is clear that Iran lied.", "It"),
        ("Iran lied. It rained.", "It"),
        ("Foreign Ministers Rosa Gil and Jan Nowak met in the presence of the two presidents.", "the two presidents"),
        ("Hamas attacked. Villagers fled and they wept.", "they"),
        ("The report and its authors were wrong, Oxfam said.", "its"),
        ("Senator Anna Berg and Senator John Smith spoke. The senator left.", "The senator"),
        ("Anna Berg left because it was raining.", "it"),
        ("Anna Berg was silent. “I saw everything,” said a neighbour.", "I"),
    ],
)
def test_no_link_where_the_text_leaves_it_open(coder: Coder, text: str, words: str) -> None:
    assert all(mention.entity_id is None for mention in tagged(coder.nlp, text).of(words))


@pytest.mark.parametrize(
    ("text", "words", "country", "sector"),
    [
        ("Israeli forces entered Jenin. The army said it was over.", "Israeli forces", "ISR", "MIL"),
        ("Israeli forces entered Jenin. The army said it was over.", "The army", "ISR", "MIL"),
        ("Two Palestinian militants were shot.", "Two Palestinian militants", "PSE", "REB"),
        ("Students marched in Dhaka.", "Students", "BGD", "EDU"),
        ("A spokesman for the army in Sudan denied it.", "A spokesman", "SDN", "MIL"),
        ("UN officials visited Yemen.", "UN officials", None, "IGO"),
        ("Hezbollah fired rockets. Its spokesman said so.", "Its spokesman", "LBN", "REB"),
        ("Lawmakers in Georgia's parliament voted.", "Lawmakers", "GEO", "LEG"),
        ("Opposition supporters in Harare, Zimbabwe, rallied.", "Opposition supporters", "ZWE", "OPP"),
    ],
)
def test_a_group_has_country_and_sector(coder: Coder, text: str, words: str, country: str | None, sector: str | None) -> None:
    mention = tagged(coder.nlp, text).one(words)
    assert (mention.mention_kind, mention.country, mention.sector) == ("nominal", country, sector)


def test_a_nominal_may_hold_a_name_and_ends_at_its_head(coder: Coder) -> None:
    found = tagged(coder.nlp, "The new Russian president of the club left.")
    assert found.one("The new Russian president").country == "RUS"
    assert found.one("Russian").entity_id == "country:RUS"


def test_the_dateline_tells_the_country_where_the_text_does_not(coder: Coder) -> None:
    found = tagged(coder.nlp, "Police arrested two men on Monday.", dateline_place="LIMA, Peru")
    assert (found.one("Police").country, found.one("Police").entity_id) == ("PER", "org:police-of-peru")


_INTERVIEWS = (
    "Anna Berg, a painter, spoke to us.\n\nQ: Why Oslo?\n\nI was born there.\n\nQ: Will you stay?\n\nI hope so.",
    "Anna Berg, a painter, spoke to us.\n\nWhy did you leave Oslo?\n\nI was cold.\n\nDid you sell anything?\n\nMy dog.\n\n"
    "Do you miss it?\n\nI never do.",
    "Anna Berg met Ken Mori.\n\nMori: Why Oslo?\n\nBerg: My mother lived there.\n\nMori: Is it cold?\n\nBerg: I like it.",
)


@pytest.mark.parametrize("text", _INTERVIEWS)
def test_the_one_who_answers_in_an_interview_is_i(coder: Coder, text: str) -> None:
    assert {mention.entity_id for mention in tagged(coder.nlp, text).of("I")} == {"person:anna-berg"}


def test_questions_alone_make_no_interview(coder: Coder) -> None:
    text = "Anna Berg left Oslo.\n\nWhy did she leave?\n\nNobody knows.\n\nWho paid?\n\nI asked around.\n\nWas it a bank?\n\nNo."
    assert all(mention.entity_id is None for mention in tagged(coder.nlp, text).of("I"))


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("“We are sorry,” said Ann Lee, a spokeswoman for Oxfam.", "org:oxfam"),
        ("Oxfam closed a shop. “We are sorry,” said its chairwoman, Ann Lee.", "org:oxfam"),
        ("“We are sorry,” said Ann Lee, a painter from Oslo.", None),
    ],
)
def test_we_is_the_organisation_that_a_named_speaker_speaks_for(coder: Coder, text: str, entity_id: str | None) -> None:
    assert {mention.entity_id for mention in tagged(coder.nlp, text).of("We")} <= {entity_id}
    assert entity_id is None or tagged(coder.nlp, text).of("We")


def test_a_noun_does_not_mean_its_owner(coder: Coder) -> None:
    found = tagged(coder.nlp, "Ken Mori is a father. Mori came with his father.")
    assert all(mention.entity_id != "person:ken-mori" for mention in found.of("his father"))
