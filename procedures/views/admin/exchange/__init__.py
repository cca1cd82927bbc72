"""Files in and out of the catalogue, in the browser."""
