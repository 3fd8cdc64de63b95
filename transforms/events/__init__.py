"""Political events in PLOVER: who did what to whom, from dependency parses, mentions and the lexicon."""

from transforms.events.coder import code_events
from transforms.events.trace import Trace

__all__ = ["Trace", "code_events"]
