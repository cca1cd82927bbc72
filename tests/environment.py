"""Loaded by pytest before Django's settings: keys that belong to no installation, and the database of the developer.

The database is a real PostgreSQL, named by DATABASE_URL; `./motcua test` provides one.
"""

import os

os.environ.setdefault("MOTCUA_SECRET_KEY", "tests-only-secret-key-of-no-installation-at-all-0123456789")
os.environ.setdefault("MOTCUA_DATA_KEYS", "t1:dGVzdHMtb25seS1kYXRhLWtleS0zMi1ieXRlcyEhISE=")
os.environ.setdefault("MOTCUA_INDEX_KEY", "dGVzdHMtb25seS1pbmRleC1rZXktMzItYnl0ZXMhISE=")
os.environ.setdefault("DATABASE_URL", "postgresql://motcua_owner@127.0.0.1:54329/motcua")
