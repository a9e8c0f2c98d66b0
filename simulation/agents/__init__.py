"""One file per kind of agent: its record, what it owns and knows, and its rules, how it spends."""
