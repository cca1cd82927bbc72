import os

from django.core.wsgi import get_wsgi_application

from portal.environment import load_env_file

load_env_file()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

from portal.checks import refuse_unsafe_start  # noqa: E402 -- needs the applications

refuse_unsafe_start()
