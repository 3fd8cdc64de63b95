"""One real coder for all tests of the transforms: the model and the lexicon are loaded once."""

import pytest

from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED

MODEL = SHIPPED


@pytest.fixture(scope="session")
def coder() -> Coder:
    return load_coder(MODEL)
