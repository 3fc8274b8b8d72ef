"""The nouns, frozen. Import them from here."""
