"""A first look: made-up camera frames, drawn by code, and an installation filled with them."""
