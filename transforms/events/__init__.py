"""Political events in PLOVER: who did what to whom, from dependency parses, mentions and the lexicon."""

from transforms.events.coder import code_events

__all__ = ["code_events"]
