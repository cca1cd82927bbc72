# One image for web, worker and beat. Built for production: no demo data, no simulators, no tests.
FROM python:3.11-slim AS packages
COPY requirements/prod.txt /tmp/prod.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/prod.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/motcua motcua
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MOTCUA_ENV=production MOTCUA_HOME=/var/lib/motcua MOTCUA_STATIC_ROOT=/srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/motcua
COPY manage.py LICENSE ./
COPY portal portal
COPY procedures procedures
COPY signatures signatures
COPY dossiers dossiers
COPY templates templates
COPY static static
COPY locale locale
# Secrets are not needed to copy files; these words are refused when serving.
RUN python -m compileall -q portal procedures signatures dossiers \
    && mkdir /srv/static \
    && MOTCUA_HOME=/tmp/build MOTCUA_SECRET_KEY=build MOTCUA_DATA_KEYS=build:YnVpbGQtb25seS1idWlsZC1vbmx5LWJ1aWxkLW9ubHk= \
       MOTCUA_INDEX_KEY=YnVpbGQtb25seS1idWlsZC1vbmx5LWJ1aWxkLW9ubHk= \
       DATABASE_URL=postgresql://nobody@localhost/none python manage.py collectstatic --noinput --verbosity 0
USER motcua
VOLUME /var/lib/motcua
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s CMD ["python", "-c", "\
import os, urllib.request as r; \
r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': os.environ['MOTCUA_HOSTS'].split(',')[0]}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "4", \
     "--blocking-threads", "1", "--respawn-failed-workers", "portal.wsgi:application"]
