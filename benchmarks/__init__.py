"""Measurements behind the figures of README; nothing here is installed."""
