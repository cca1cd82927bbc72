"""Addresses of agencies, units, calendars and the history."""

from django.urls import path

from procedures.views.admin.organisation import agencies, agency, assigning, calendar, changes, days_file, units

AGENCIES, CALENDAR = "quan-tri/co-quan", "quan-tri/lich-lam-viec"

urlpatterns = [
    path(AGENCIES, agencies.agencies, name="agencies_admin"),
    path(f"{AGENCIES}/moi", agencies.create, name="agency_create"),
    path(f"{AGENCIES}/giao-thu-tuc", assigning.bulk, name="agencies_assign"),
    path(f"{AGENCIES}/<str:code>", agency.agency, name="agency_admin"),
    path(f"{AGENCIES}/<str:code>/sua", agencies.edit, name="agency_edit"),
    path(f"{AGENCIES}/<str:code>/phong-ban/<slug:key>", agency.department, name="agency_department"),
    path(f"{AGENCIES}/<str:code>/gio-lam-viec", agency.hours, name="agency_hours"),
    path(f"{AGENCIES}/<str:code>/thu-tuc", assigning.matrix, name="agency_procedures"),
    path("quan-tri/dia-ban", units.units, name="units_admin"),
    path(CALENDAR, calendar.this_year, name="work_calendar_now"),
    path(f"{CALENDAR}/gio", agency.province_hours, name="province_hours"),
    path(f"{CALENDAR}/nhap", days_file.load, name="calendar_file"),
    path(f"{CALENDAR}/<int:year>", calendar.year, name="work_calendar"),
    path(f"{CALENDAR}/<int:year>/ngay", calendar.add, name="calendar_add"),
    path(f"{CALENDAR}/ngay/<int:pk>", calendar.change, name="calendar_day"),
    path(f"{CALENDAR}/ngay/<int:pk>/bo", calendar.remove, name="calendar_remove"),
    path("quan-tri/nhat-ky", changes.changes, name="admin_changes"),
]
