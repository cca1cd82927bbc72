"""The citizen's pages: filing, following, and proving a result genuine."""
