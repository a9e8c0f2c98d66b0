"""What the record says about the parameters of the economy and about the luck of its past."""
