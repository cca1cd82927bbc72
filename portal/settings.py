"""One settings file: production and laptop differ by environment only. `.env.example` names every variable."""

from portal import environment as env

ROOT = env.ROOT
HOME = env.home()
PRODUCTION = env.text("MOTCUA_ENV", "demo") == "production"
DEBUG = env.flag("MOTCUA_DEBUG")
DEMO = not PRODUCTION

SECRET_KEY = env.text("MOTCUA_SECRET_KEY")
# Key ring of the personal data at rest, `id:base64` each, the first one writes; the index key never lives in the database.
DATA_KEYS = env.words("MOTCUA_DATA_KEYS", env.text("MOTCUA_DATA_KEYS"))
INDEX_KEY = env.text("MOTCUA_INDEX_KEY")

ALLOWED_HOSTS = env.words("MOTCUA_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("MOTCUA_BASE_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = env.words("MOTCUA_TRUSTED_ORIGINS", BASE_URL)
TRUSTED_PROXIES = env.number("MOTCUA_TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "portal",
    "procedures",
    "signatures",
    "dossiers",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "portal.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.province",
            ],
            "libraries": {"ui": "portal.floor.ui"},
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": env.database("DATABASE_URL")
    | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "TEST": {"NAME": env.text("MOTCUA_TEST_DB", "test_motcua")}}
}
if env.flag("MOTCUA_PGBOUNCER"):
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    # Throttles count in a cache that all workers share.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = env.text("MOTCUA_STATIC_ROOT", str(HOME / "static"))
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "portal.floor.storage.EncryptedFileSystemStorage", "OPTIONS": {"location": str(HOME / "media")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

EMAIL_HOST = env.text("SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("SMTP_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MOTCUA_FROM_EMAIL", "mot-cua@localhost")

# Ports to outside parties: a vendor each, replaced by naming another module.
MESSAGE_CHANNEL = env.text("MESSAGE_CHANNEL", "dossiers.ports.messaging.smtp.Smtp")
POSTAL_CARRIER = env.text("POSTAL_CARRIER", "dossiers.ports.postal.vnpost.VNPost")
CARRIER_URL = env.text("CARRIER_URL", "")
CARRIER_CUSTOMER_CODE = env.text("CARRIER_CUSTOMER_CODE", "")
CARRIER_SECRET = env.text("CARRIER_SECRET", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.problem_details",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("MOTCUA_LOG_LEVEL", "WARNING")},
}
