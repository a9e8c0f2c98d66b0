"""What shares are worth: listed firms as investors see them, private ones as money last changed hands."""
