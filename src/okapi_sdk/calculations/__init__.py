"""The calculations of the platform: one class and one file for each."""
