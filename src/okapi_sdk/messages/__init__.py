"""Orbit and conjunction messages: TLEs and CCSDS messages, each with its text and JSON formats."""
