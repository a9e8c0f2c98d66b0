"""Runs a plan: worker processes, Dask, collecting what they finish, stopping early, repair, reproduction."""
