"""For the type checker, which has no installation: the product's settings with the tests' environment."""

from tests import environment  # noqa: F401 -- sets it

from portal.settings import *  # noqa: F403 isort: skip
