"""The words people use for what the law names otherwise."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Synonym(models.Model):
    """An everyday word ("sổ đỏ") and the words of the catalogue that it means; kept by administrators."""

    words = models.CharField(_("người dân gõ"), max_length=80)
    words_fold = models.CharField(max_length=80, unique=True, editable=False)
    meaning = models.CharField(_("danh mục gọi là"), max_length=200)
    meaning_fold = models.CharField(max_length=200, editable=False)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.words} → {self.meaning}"


class MissedQuery(models.Model):
    """A search that found nothing, counted: the raw material of synonyms. Nothing says who asked."""

    words_fold = models.CharField(max_length=80, unique=True)
    words = models.CharField(max_length=80)
    times = models.PositiveIntegerField(default=1)
    last_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.words}: {self.times}"
