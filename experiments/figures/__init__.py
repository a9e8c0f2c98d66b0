"""Figures in the house style of financial-stability reports: one claim a title, source and notes beneath."""
