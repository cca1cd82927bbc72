"""Runs the whole installation on one machine: database, web server, worker, simulators. Knows no Django.

Everything it starts or remembers lives below MOTCUA_HOME. Nothing here may be needed in production, where the
platform (compose, systemd, Kubernetes) starts the same programs with the same environment.
"""
