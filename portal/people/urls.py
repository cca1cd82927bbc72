"""Addresses of the people's pages."""

from django.urls import path

from portal.people import acting, inviting, leaving, listing, postings, showing

PEOPLE = "quan-tri/nguoi-dung"
ONE = f"{PEOPLE}/<uuid:pk>"
SEAT = f"{ONE}/vi-tri/<int:seat>"

urlpatterns = [
    path(PEOPLE, listing.people, name="people"),
    path(f"{PEOPLE}/moi", inviting.invite, name="person_invite"),
    path(ONE, showing.person, name="person"),
    path(f"{ONE}/sua", inviting.correct, name="person_correct"),
    path(f"{ONE}/gui-lai", acting.invite_again, name="person_invite_again"),
    path(f"{ONE}/thu-hoi", acting.revoke, name="person_revoke"),
    path(f"{ONE}/cai-lai", acting.reset, name="person_reset"),
    path(f"{ONE}/khoa", acting.lock, name="person_lock"),
    path(f"{ONE}/mo-khoa", acting.unlock, name="person_unlock"),
    path(f"{ONE}/vi-tri", postings.add, name="seat_add"),
    path(f"{SEAT}/ket-thuc", postings.end, name="seat_end"),
    path(f"{SEAT}/chuyen", postings.transfer, name="seat_transfer"),
    path(f"{ONE}/nghi", leaving.give, name="leave_give"),
    path(f"{ONE}/nghi/<int:leave>/huy", leaving.cancel, name="leave_cancel"),
    path("tai-khoan/nghi", leaving.give_own, name="own_leave"),
    path("tai-khoan/nghi/<int:leave>/huy", leaving.cancel_own, name="own_leave_cancel"),
]
