"""Investment in compute: what owners plan to order, and how it is funded."""
