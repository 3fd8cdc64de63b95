"""Text in, rows out: pure functions that read no file, use no network and no database."""
