"""Opening economies of a date: sourced facts, and the builder that closes the books on them."""
