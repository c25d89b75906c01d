"""The calculation services."""
