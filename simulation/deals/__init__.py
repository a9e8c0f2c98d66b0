"""The circular web: deals between suppliers, customers and lenders, their conditions and their life."""
