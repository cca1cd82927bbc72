"""The poster at the office: where a procedure hangs on the wall (TT 01/2018 art. 13.6)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.agencies import Agency
from procedures.models.catalogue import ProcedureVersion


class Posting(models.Model):
    """A version hung up at an agency on a day; `removed_on` when it came down."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="postings")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    place = models.CharField(_("chỗ niêm yết"), max_length=200)
    posted_on = models.DateField(_("ngày niêm yết"))
    removed_on = models.DateField(_("ngày gỡ"), null=True, blank=True)
    photo = models.ImageField(_("ảnh chụp"), upload_to="postings", blank=True, default="")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.version}, {self.place}, {self.posted_on:%d/%m/%Y}"
