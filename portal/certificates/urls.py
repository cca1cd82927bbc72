"""Addresses of the register of certificates and of the trust store."""

from django.urls import path

from portal.certificates import listing, showing, store, trusting

REGISTER, STORE = "quan-tri/chung-thu-so", "quan-tri/goc-tin-cay"
ONE = f"{REGISTER}/<slug:serial>"

urlpatterns = [
    path(REGISTER, listing.certificates, name="certificates"),
    path(ONE, showing.certificate, name="certificate"),
    path(f"{ONE}/kiem-tra", showing.ask, name="certificate_ask"),
    path(f"{ONE}/ngung", showing.stop, name="certificate_stop"),
    path(f"{ONE}/dung-lai", showing.resume, name="certificate_resume"),
    path(STORE, store.roots, name="roots"),
    path(f"{STORE}/them", trusting.add, name="root_add"),
    path(f"{STORE}/<int:pk>", store.root, name="root"),
    path(f"{STORE}/<int:pk>/thoi", trusting.withdraw, name="root_withdraw"),
]
