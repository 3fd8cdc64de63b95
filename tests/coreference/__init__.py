"""Measures coreference on the annotated texts."""
