"""Claims, payments and revaluations; the two matrices; the audit."""
