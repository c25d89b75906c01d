"""Reading request bodies."""
