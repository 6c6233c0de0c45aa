"""Outputs of a tour, one file each; `base` says what a renderer is and finds them."""
