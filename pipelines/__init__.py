"""Decide: is this reading believable, who is who, what changed."""
