"""Template tags of the design language: `{% load ui %}`."""

from django import template

register = template.Library()
