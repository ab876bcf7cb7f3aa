"""What the server answers, as plain values. Times carry their zone; boxes and points are fractions of the picture."""
