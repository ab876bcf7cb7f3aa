"""The metadata as a table that is changed in a spreadsheet and dropped back: read, compared, shown, applied."""
