"""Addresses for remote signing services."""

from django.urls import path

from signatures import webhooks

urlpatterns = [path("ky-so/smartca/<str:token>", webhooks.smartca, name="smartca_webhook")]
