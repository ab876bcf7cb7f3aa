"""What the Export page is made of: choices, an export under way, its receipt, releases and what differs in two."""
