"""Small inputs of calculations: places, time windows, states and settings."""
