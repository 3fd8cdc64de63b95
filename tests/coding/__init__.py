"""Texts annotated with their events, exhaustively, to measure the event coder on: `python -m tests.coding`."""

import os

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before numpy is imported: its threads make short texts slower, not faster
