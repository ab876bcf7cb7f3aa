"""Datasets in: pictures and annotations that exist somewhere else, read, looked at, committed and undone as one act."""
