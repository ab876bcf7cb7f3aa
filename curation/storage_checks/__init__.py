"""Storage checks: database and bucket compared object by object and row by row, and what differs put right."""
