"""The sections of the Admin page, one module each."""
