"""Stored objects."""
