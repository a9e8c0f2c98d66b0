"""Credit to the AI sector: who lends, at which rate, and what lenders ask when debts are due."""
