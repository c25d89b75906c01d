"""Input values of calculations: ground locations, time windows, states and settings."""
