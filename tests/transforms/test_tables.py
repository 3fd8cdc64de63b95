"""Coded documents as tables."""

import pytest

from tests.transforms.test_events import code
from transforms.pipeline import Coder
from transforms.tables import quad_class_and_score, to_tables
from warehouse.schema.tables import CODED_TABLES, TABLES


@pytest.mark.parametrize("published", ["2024-05-15", None])
def test_tables_fit_their_declaration(coder: Coder, published: str | None) -> None:
    coded = code(coder, "The Polish president visited Lithuania. She met Ingrida Ona on Monday.", published)
    tables = to_tables([coded], {coded.document.document_id: ("file", "7")}, "0" * 12, "f")
    assert set(tables) == set(CODED_TABLES)
    for name, frame in tables.items():
        TABLES[name].validate(frame)
    assert tables["documents"]["record_id"].to_list() == ["7"]
    assert tables["events"].height == len(coded.events) > 0
    assert tables["documents"].select("year", "month").row(0) == ((2024, 5) if published else (0, 0))


def test_score_is_that_of_the_mode_furthest_from_zero() -> None:
    assert quad_class_and_score("CONSULT", ()) == ("verbal cooperation", 2.5)
    assert quad_class_and_score("ASSAULT", ("beat", "unconventional")) == ("material conflict", -10)
