"""Every parameter of the economy, declared once, in one file per part of the model."""
