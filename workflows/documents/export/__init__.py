"""One case as a file that proves itself: events, documents, decisions and seals. See docs/audit-chain.md."""
