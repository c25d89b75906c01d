"""Astrodynamics: numbers in, numbers out."""
