"""The daily seal over the chains of events, kept outside the database. See docs/audit-chain.md."""
