"""Messages to citizens and officers: e-mail today, other channels beside it."""
