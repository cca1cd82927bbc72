"""The roof: settings, addresses, log-in, background work, and what spans all apps."""
