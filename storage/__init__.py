"""Keep: the one door to the database; answers questions about the past."""
