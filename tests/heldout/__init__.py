"""Texts that no rule and no model has seen, in the markup of training/README.md: `python -m tests.heldout` scores names on them.

Written for this project and under its licence; what happens in them is invented.

Look at the figures, never at the mistakes: a text that a rule was written after is no longer held out.
"""
