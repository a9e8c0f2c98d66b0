"""Economies that the record allows: parameters and luck of many members, and how each is brought to life."""
