"""The tables: their schemas, writing, committing, publishing and checking them."""
