"""The route designer: stages in a table and as a picture, and a dossier walked through the draft."""
