"""`manage.py makemessages`, which also reads `_lazy`: our short name of `gettext_lazy` beside `_`."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_lazy"]
