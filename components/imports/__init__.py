"""What the Import page is made of: beginnings, the preview with its choices, what came of it, and imports before."""
