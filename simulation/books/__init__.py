"""Double-entry books: accounts, claims, payments, both matrices of a quarter and its audit."""

from simulation.books.breach import Breach

__all__ = ["Breach"]
