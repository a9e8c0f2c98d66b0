"""Distress: what is owed and who cannot pay, relief, clearing, liquidation, fire sales, entry, contagion measures."""
