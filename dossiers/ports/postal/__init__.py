"""The post: it books parcels, tells where they are and calls back."""
