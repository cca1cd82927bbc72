"""Every address of the product; the apps own theirs and are included here."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from portal import api
from portal.identity import account, citizens, invitations, officers
from portal.views import health, preview

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"

identity: list[URLPattern | URLResolver] = [
    path("dang-nhap", citizens.log_in, name="login"),
    path("dang-xuat", citizens.log_out, name="logout"),
    # allauth looks the callback up under this name.
    path("tai-khoan/<slug:provider_id>/xac-nhan", citizens.come_back, name="openid_connect_callback"),
    path("tai-khoan/", account.account, name="account"),
    path("tai-khoan/vi-tri", account.choose_seat, name="choose_seat"),
    path("tai-khoan/ma-du-phong", account.recovery_codes, name="recovery_codes"),
    path("can-bo/dang-nhap", officers.Door.as_view(), name="officer_login"),
    path("can-bo/dang-nhap/ma", officers.Code.as_view(), name="officer_code"),
    path("can-bo/dang-nhap/hai-lop", officers.Enrol.as_view(), name="officer_enrol"),
    path("loi-moi/<str:token>", invitations.welcome, name="invitation"),
]

interface: list[URLPattern | URLResolver] = [
    path("", api.root, name="api_root"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *identity,
    path("api/v1/", include(interface)),
    path("api/v1/", include("procedures.api")),
    path("api/v1/", include("dossiers.api")),
    path("api/v1/", include("dossiers.verify_api")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    # Public pages, then each app's own.
    path("", include("portal.pages")),
    path("", include("portal.people.urls")),
    path("", include("portal.certificates.urls")),
    path("", include("dossiers.urls")),
    path("", include("signatures.urls")),
    path("quan-tri/thu-tuc/<str:code>/xem-thu", preview.preview, name="catalogue_preview"),
    path("", include("procedures.urls")),
]
