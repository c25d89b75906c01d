"""Random input for everything that reads text of others: ``python -m tests.fuzz [inputs] [seed]``."""
