"""Addresses for remote signing services and for the program on the officer's machine."""

from django.urls import path

from signatures import agent_doors, webhooks

urlpatterns = [
    path("ky-so/smartca/<str:token>", webhooks.smartca, name="smartca_webhook"),
    path("ky-so/thiet-bi/<str:secret>/van-ban.pdf", agent_doors.file, name="agent_file"),
    path("ky-so/thiet-bi/<str:secret>", agent_doors.upload, name="agent_upload"),
]
