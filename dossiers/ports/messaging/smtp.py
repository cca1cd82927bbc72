"""E-mail over Django's mail settings. The recipient's address never enters an error, errors are kept and logged."""

import smtplib
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from dossiers.ports.messaging.base import OutgoingMessage
from portal.floor.ports import PortError


class Smtp:
    """The mail server of the installation."""

    def send(self, message: OutgoingMessage) -> None:
        mail = EmailMultiAlternatives(
            message.subject,
            message.text,
            to=[message.to],
            headers={"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(message.html, "text/html")
        for name, content, content_type in message.files:
            mail.attach(name, content, content_type)
        try:
            if not mail.send():
                raise PortError("the message names no recipient", permanent=True)
        except smtplib.SMTPAuthenticationError as error:
            # The operator's mistake, not the message's: it goes once the account is right.
            raise PortError("the mail server refused our account") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise PortError("the mail server cannot write this address", permanent=True) from None
        except (smtplib.SMTPException, OSError) as error:
            raise PortError(f"the mail server could not be reached: {type(error).__name__}") from error
        except ValueError:
            raise PortError("the address or the subject is not one", permanent=True) from None


def message_id(key: str) -> str:
    """The same for the same key: a recipient's mail program shows a repeated message once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, key)}@{domain}>"


def _refusal(code: int) -> PortError:
    return PortError(f"the mail server answered {code}", permanent=code >= 500)
