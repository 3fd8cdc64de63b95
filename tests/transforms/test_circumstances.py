"""Where events took place and how many people they struck."""

import pytest

from transforms.clean import clean
from transforms.document import Event, RawRecord
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


def code(coder: Coder, text: str) -> tuple[Event, ...]:
    return coder.code(clean(RawRecord("t", 0, 0, "r", text, publisher="p", published="2026-03-12"))).events


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Gunmen opened fire on a bus in Kenya, killing at least 12 people.", [("killed", 12, None)]),
        ("A dozen people were killed in an attack in Kabul.", [("killed", 12, 12)]),
        ("Hundreds of people were killed in the bombing of Homs.", [("killed", 200, None)]),
        ("No one was hurt in the rocket attack on Sderot.", []),
        ("The blast in Kabul wounded three soldiers.", [("injured", 3, 3)]),
        ("The death toll from the airstrike on Aleppo rose to 40.", [("killed", 40, 40)]),
        ("Police in Togo killed five protesters, two of them children.", [("killed", 5, 5)]),
        ("Police arrested 15 protesters in Minsk.", [("arrested", 15, 15)]),
        ("In Mali 15 people, including three children, were killed in an attack.", [("killed", 15, 15)]),
        (
            "At least 14 people were killed and 30 hurt when a car bomb exploded in Oslo.",
            [("killed", 14, None), ("injured", 30, 30)],
        ),
        ("Guerrillas took four Ecuadorian oilmen hostage.", [("abducted", 4, 4)]),
        ("Soldiers Open Fire on Conakry Crowd, 3 Dead", [("killed", 3, 3)]),
        ("A drone strike killed a senior commander in Idlib.", [("killed", 1, 1)]),
        ("A roadside bomb killed two soldiers and a civilian in Cauca.", [("killed", 2, 2), ("killed", 1, 1)]),
        ("Two policemen were killed in an ambush in Diyarbakir, bringing the death toll to 14.", [("killed", 2, 2)]),
    ],
)
def test_people_struck_are_counted_as_the_clause_tells(coder: Coder, text: str, counts: list[tuple[str, int, int | None]]) -> None:
    assert [(c.kind, c.count_min, c.count_max) for event in code(coder, text) for c in event.casualties] == counts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A curfew was imposed in the Ecuadorian port of Guayaquil.", "place:guayaquil-ec"),
        ("Students and miners marched through La Paz against the Bolivian government.", "place:la-paz-bo"),
        ("The shelling of Kadugli by rebels continued for a fourth day.", "place:kadugli-sd"),
        ("Police in Harare beat a Zimbabwean lawyer.", "place:harare-zw"),
        ("A Kabul court jailed three journalists.", "place:kabul-af"),
        ("Israel's Gaza strikes killed 30 people.", "place:gaza-ps"),
        ("Three men were arrested at an airport in Frankfurt.", "place:frankfurt-am-main-de"),
        ("Russia shelled Kharkiv overnight.", "place:kharkiv-ua"),
        ("French troops withdrew from Niamey on Tuesday.", "place:niamey-ne"),
        ("The London-based group condemned Iran.", None),
        ("Egypt condemned Israel's strikes on Rafah.", None),
        ("The US imposed sanctions on Iran over its nuclear programme.", None),
        ("Lawmakers in Washington condemned the coup in Mali.", "place:washington-us"),
        ("MOSCOW, March 12 (Reuters) - Russian police detained ten people on Thursday.", "place:moscow-ru"),
        ("MOSCOW, March 12 (Reuters) - Kenya expelled the ambassador of Chad on Thursday.", None),
    ],
)
def test_place_is_the_nearest_that_the_clause_names(coder: Coder, text: str, place: str | None) -> None:
    assert {event.place for event in code(coder, text)} == {place}
