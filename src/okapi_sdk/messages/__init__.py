"""Orbit and conjunction messages: TLE and CCSDS, each with its text and JSON forms."""
