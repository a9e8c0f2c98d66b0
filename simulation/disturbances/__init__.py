"""Disturbances: the luck that real firms and markets have, declared, keyed, switchable, and open to what is inferred.

Import `simulation.disturbances.declared` for the declarations, `process` for the rule, `given` for innovations from
outside."""
