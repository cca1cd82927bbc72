"""One judge for files of every kind, and one way to write down what was found."""

from typing import Any

from rest_framework import serializers

from signatures import verification, xml_verification
from signatures.verification import Report

XML = (b"<", b"\xef\xbb\xbf<")


def judge(content: bytes, signature: bytes | None = None) -> Report:
    """The verdict on a PDF, a signed XML file, or a file of any kind with its `signature` beside it (.p7s, DER)."""
    if signature is not None:
        return verification.verify_detached(content, signature)
    if content.lstrip()[:4].startswith(XML):
        return xml_verification.verify_xml(content)
    return verification.verify(content)


class SignatureOut(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(verification.WORST_FIRST)
    reasons = serializers.ListField(child=serializers.CharField())
    signer = serializers.CharField()
    organisation = serializers.CharField()
    serial = serializers.CharField(help_text="Hexadecimal.")
    issuer = serializers.CharField()
    claimed_at = serializers.DateTimeField(allow_null=True, help_text="By the signer's own clock.")
    stamped_at = serializers.DateTimeField(allow_null=True, help_text="By a trusted time-stamp authority.")
    level = serializers.ChoiceField(("B-B", "B-T", "B-LT", "B-LTA"))


class ReportOut(serializers.Serializer[Any]):
    """A verdict with its reasons in Vietnamese; the file is as good as its worst signature."""

    verdict = serializers.ChoiceField(verification.WORST_FIRST)
    sha256 = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    signatures = SignatureOut(many=True)


def as_json(report: Report) -> dict[str, Any]:
    """What the interface and the command line give; no number of a person."""
    return dict(ReportOut(report).data)
