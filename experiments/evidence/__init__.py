"""Forecasts held against what came after: scores, coverage, benchmarks, and forecasts frozen for later."""
