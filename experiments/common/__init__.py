"""What every layer may use: CSV that is safe to open, tables for the terminal, libraries that may be absent."""
