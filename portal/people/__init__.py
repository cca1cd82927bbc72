"""The people of the province as their operators manage them: accounts, seats with dates, leave and who stands in."""
