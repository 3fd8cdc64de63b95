"""Tables of cases written from the language, not from the code, with the score of each group: `python -m tests.tables`."""
