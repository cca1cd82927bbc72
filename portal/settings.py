"""One settings file: production and laptop differ by environment only. `.env.example` names every variable."""

import datetime as dt
from urllib.parse import urlsplit

from portal import environment as env

ROOT = env.ROOT
HOME = env.home()
PRODUCTION = env.one_of("MOTCUA_ENV", "demo", "production") == "production"
DEBUG = env.flag("MOTCUA_DEBUG")
DEMO = not PRODUCTION
DEMO_PASSWORD = env.text("MOTCUA_DEMO_PASSWORD", "demo-motcua")

SECRET_KEY = env.text("MOTCUA_SECRET_KEY")
# Key ring of the personal data at rest, `id:base64` each, the first writes; the index key never lives in the database.
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
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.CleanInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.middleware.Answers",
    "portal.middleware.People",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "portal.User"

# Log-in. Axes comes first: it refuses before a password is tried.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "portal.identity.backends.OfficerBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "full_name", "email")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
# What a page says after an act may hold names: it stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CITIZEN_HOME = "/toi"
OFFICER_HOME = "/can-bo/hang-viec"
CITIZEN_IDLE = 30 * 60  # seconds without a page
STAFF_SESSION = 8 * 3600  # seconds from log-in
SESSION_TOUCH = 60  # a visit is written down at most so often (seconds)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"

IDENTITY_ISSUER = env.text("IDENTITY_ISSUER", "")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "vneid",
                "name": "VNeID",
                "client_id": env.text("IDENTITY_CLIENT_ID", ""),
                "secret": env.text("IDENTITY_CLIENT_SECRET", ""),
                "settings": {"server_url": IDENTITY_ISSUER, "scope": ["openid"]},
            }
        ],
    }
}
SOCIALACCOUNT_ADAPTER = "portal.identity.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_VERIFICATION = ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ACCOUNT_ADAPTER = "portal.identity.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # allauth keeps no e-mail addresses
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
MFA_ADAPTER = "portal.identity.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way

# An office shares an address: failures count per user name and address together.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "portal.identity.officers.locked_out"
AXES_CLIENT_IP_CALLABLE = "portal.floor.throttling.address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Uses per account, or per address for those not logged in; a whole office or village may share an address.
THROTTLES = {
    "login": "30/5m",
    "officer_login": "60/5m",
    "tracking": "60/5m",
    "filing": "60/h",
    "suggest": "600/m",  # one is asked for at every pause in typing; a whole office may share an address
    "signing_agent": "240/m",
    "api_account": "600/m",
    "api_address": "120/m",
}

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
                "portal.context.display",
                "portal.context.workspace",
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
    | {
        "CONN_MAX_AGE": env.seconds("MOTCUA_CONN_MAX_AGE"),
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.text("MOTCUA_TEST_DB", "test_motcua")},
    }
}
if env.flag("MOTCUA_PGBOUNCER"):
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SWEEP_SECONDS = env.number("MOTCUA_SWEEP_SECONDS", 30)  # how often promises that nobody hurried are looked for
REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES: dict[str, dict[str, object]] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    # Throttles count in a cache that all workers share.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = env.text("MOTCUA_STATIC_ROOT", str(HOME / "static"))
STORAGES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "portal.floor.storage.EncryptedFileSystemStorage",
        "OPTIONS": {"location": str(HOME / "media")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
if bucket := env.text("S3_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "portal.floor.storage_s3.EncryptedS3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("S3_ENDPOINT"),
            "region_name": env.text("S3_REGION", "us-east-1"),
            "access_key": env.text("S3_ACCESS_KEY"),
            "secret_key": env.text("S3_SECRET_KEY"),
        },
    }

FILE_UPLOAD_HANDLERS = ["portal.uploads.InMemory"]

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

# Signing: who holds the keys of each kind of certificate, whom we trust, who stamps the time.
# MOST_FILES: so many are put to the holder in one confirmation, and the next ones after it.
SOFT_KEYS = HOME / "keys"
PKCS11_MODULE = env.text("PKCS11_MODULE", "")
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "")
PKCS11_PIN = env.text("PKCS11_PIN", "")
CSC_URL = env.text("CSC_URL", "")
CSC_CLIENT_ID = env.text("CSC_CLIENT_ID", "")
CSC_CLIENT_SECRET = env.text("CSC_CLIENT_SECRET", "")
CSC_MOST_FILES = env.number("CSC_MOST_FILES", 100)
SMARTCA_URL = env.text("SMARTCA_URL", "")
SMARTCA_SP_ID = env.text("SMARTCA_SP_ID", "")
SMARTCA_SP_PASSWORD = env.text("SMARTCA_SP_PASSWORD", "")
SMARTCA_WEBHOOK_TOKEN = env.text("SMARTCA_WEBHOOK_TOKEN", "")
SMARTCA_MOST_FILES = env.number("SMARTCA_MOST_FILES", 100)
MYSIGN_URL = env.text("MYSIGN_URL", "")
MYSIGN_CLIENT_ID = env.text("MYSIGN_CLIENT_ID", "")
MYSIGN_CLIENT_SECRET = env.text("MYSIGN_CLIENT_SECRET", "")
MYSIGN_PROFILE = env.text("MYSIGN_PROFILE", "")
MYSIGN_MOST_FILES = env.number("MYSIGN_MOST_FILES", 100)
SIGNATURE_PROVIDERS = {
    kind: f"signatures.providers.{path}"
    for kind, path, enabled in (
        ("soft", "soft.SoftProvider", not PRODUCTION),
        ("pkcs11", "pkcs11.Pkcs11Provider", PKCS11_MODULE),
        ("csc", "csc.CscProvider", CSC_URL),
        ("smartca", "smartca.SmartCaProvider", SMARTCA_URL),
        ("mysign", "mysign.MySignProvider", MYSIGN_URL),
    )
    if enabled
}
# The program of the government's certificates on officers' own machines: where their browsers find it, and what it
# calls the signature of a person, the seal, and the signature on what goes out with a paper.
SIGNING_AGENT_URL = env.text("SIGNING_AGENT_URL", "wss://127.0.0.1:8987")
SIGNING_AGENT_PERSON = env.text("SIGNING_AGENT_PERSON", "SignApproved")
SIGNING_AGENT_SEAL = env.text("SIGNING_AGENT_SEAL", "SignIssued")
SIGNING_AGENT_APPENDIX = env.text("SIGNING_AGENT_APPENDIX", "SignAppendix")
TRUST_ROOTS = env.words("TRUST_ROOTS")
TSA_URL = env.text("TSA_URL", "")
# So many seconds an authority's word on a certificate counts; never beyond the end that the authority itself gave it.
REVOCATION_SIGNING, REVOCATION_JUDGING = 60, 600
CA_URL = env.text("CA_URL", "")

# Malware scanner for uploads; none: files are kept as "not scanned".
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
SCANNER = "dossiers.ports.scanning.clamd.Clamd"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": [
        "portal.parsers.CleanJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "EXCEPTION_HANDLER": "portal.api.problem_details",
    "DEFAULT_THROTTLE_CLASSES": ["portal.throttling.SharedThrottle"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Một Cửa",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_INCLUDE_SCHEMA": False,
}

# A form of ours may lead to the identity provider, nowhere else.
_identity_origin = "{0.scheme}://{0.netloc}".format(urlsplit(IDENTITY_ISSUER)) if IDENTITY_ISSUER else ""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *filter(None, [_identity_origin])],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "portal.floor.logs.SecretAddresses"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": env.text("MOTCUA_LOG_LEVEL", "WARNING")},
    # Anybody may upload a file with a bad signature: the verdict says so, the log need not.
    "loggers": {"pyhanko": {"level": "ERROR"}, "pyhanko_certvalidator": {"level": "ERROR"}},
}
