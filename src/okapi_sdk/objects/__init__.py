"""Stored objects of the platform: one file for each collection."""
