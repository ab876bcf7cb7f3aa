"""Datasets out: what the media of a filter, or of a release, are written as, and what came of it."""
