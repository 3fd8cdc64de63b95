"""Makes the models that ship with Newsmill from the annotated texts in training/text."""
