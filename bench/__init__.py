"""What the product costs, beside the limits of the machine it runs on: `python -m bench`."""
