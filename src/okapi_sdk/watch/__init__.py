"""Changes among conjunctions since the last check. Uses the public names only, as a user would."""
