"""Pages of the administrator: who gets in, who is what, which rules hold. No case is seen here."""
