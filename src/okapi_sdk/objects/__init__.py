"""Stored objects of the platform: records, and the nouns that list, add and change them."""
