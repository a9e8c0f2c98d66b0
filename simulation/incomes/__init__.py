"""Incomes: statements of the quarter, what is paid out, what banks, funds and households earn."""
