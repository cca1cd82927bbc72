"""Certificates as operators see to them: the register, whose roots are trusted, what ends soon."""
