"""Texts annotated with their events, exhaustively, to measure the event coder on."""
