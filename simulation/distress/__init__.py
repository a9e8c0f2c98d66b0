"""Distress: who cannot pay, relief, clearing, liquidation, rescue, entry."""
