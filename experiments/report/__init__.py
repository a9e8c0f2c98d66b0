"""The report of a study: one page to hand around, with its figures and their data."""
