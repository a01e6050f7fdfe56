"""Why somebody sees a case, and why not: read off the rows that the policies ask, with their source and their end."""
