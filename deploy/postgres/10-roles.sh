#!/bin/sh
# Runs once, when the database is made: the owner migrates, the application cannot rewrite the trail.
set -eu
owner=$(cat /run/secrets/owner_password)
app=$(cat /run/secrets/app_password)
psql -v ON_ERROR_STOP=1 --username postgres -v owner="$owner" -v app="$app" <<'SQL'
CREATE ROLE motcua_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE motcua_app LOGIN PASSWORD :'app';
CREATE DATABASE motcua OWNER motcua_owner;
REVOKE ALL ON DATABASE motcua FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE motcua TO motcua_app;
SQL
