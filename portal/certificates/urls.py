"""Addresses of the register of certificates and of the trust store."""

from django.urls import path

from portal.certificates import acting, entering, listing, showing, store, trusting

REGISTER = "quan-tri/chung-thu-so"
STORE = f"{REGISTER}/goc-tin-cay"  # no serial number: those are hexadecimal
ONE = f"{REGISTER}/<slug:serial>"

urlpatterns = [
    path(REGISTER, listing.certificates, name="certificates"),
    path(STORE, store.roots, name="roots"),
    path(f"{STORE}/them", trusting.add, name="root_add"),
    path(f"{STORE}/<int:pk>", store.root, name="root"),
    path(f"{STORE}/<int:pk>/thoi", trusting.withdraw, name="root_withdraw"),
    path(f"{REGISTER}/them", entering.enter, name="certificate_enter"),
    path(ONE, showing.certificate, name="certificate"),
    path(f"{ONE}/kiem-tra", acting.ask, name="certificate_ask"),
    path(f"{ONE}/ngung", acting.stop, name="certificate_stop"),
    path(f"{ONE}/dung-lai", acting.resume, name="certificate_resume"),
]
