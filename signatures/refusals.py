"""Why something will never be signed as asked."""


class SigningRefused(Exception):
    """Trying again would not help: the certificate, the file or the place of the signature is at fault.

    The message is for the person who wanted the signature, in Vietnamese.
    """


class NotNow(Exception):
    """A receiver of `signals.signed` cannot take the document at present; the sweep offers it again."""
