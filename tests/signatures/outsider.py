"""A reader of its own: `outsider.py FILE ROOT AT` prints what pyHanko says. Run with -I: nothing of ours is found.

Whom it trusts, what it asks and how it judges is written here alone.
"""

import asyncio
import importlib.util
import json
import sys
from datetime import datetime

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, NonRevokedStatusAssertion
from pyhanko_certvalidator.registry import SimpleTrustManager


async def main(path: str, root_path: str, at: datetime) -> dict[str, object]:
    with open(root_path, "rb") as file:
        root = x509.Certificate.load(pem.unarmor(file.read())[2])
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        regular, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        signatures = []
        for one in regular:
            asking = ValidationContext(trust_roots=[root], allow_fetching=True, revocation_mode="hard-fail")
            status = await async_validate_pdf_signature(one, asking)
            stamp = status.timestamp_validity
            good = bool(status.bottom_line and (stamp is None or stamp.trusted))
            signatures.append({"trusted": good, "stamped": stamp is not None})
        stamped = []
        for one in stamps:
            asking = ValidationContext(trust_roots=[root], allow_fetching=True, revocation_mode="hard-fail")
            word = await async_validate_pdf_timestamp(one, asking)
            stamped.append(bool(word.intact and word.valid and word.trusted))
        archived = [await proven(one, stamps[-1], root, at) for one in regular] if stamps else []
    ours = [name for name in ("signatures", "portal", "dossiers", "django") if name in sys.modules]
    ours += [name for name in ("signatures", "dossiers") if importlib.util.find_spec(name)]
    return {"signatures": signatures, "stamps": stamped, "archived": archived, "ours": ours}


async def proven(signature: object, newest: object, root: x509.Certificate, at: datetime) -> bool:
    """Whether the file alone proves the signature at that time; of the newest stamp we say that nobody revoked it."""
    trust = SimpleTrustManager.build(trust_roots=[root])
    nobody_asked = RevocationInfoGatheringSpec(
        online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
        certificate_fetching_rule=CertificateFetchingRule.FOLLOW_ONLINE_RULE,
    )
    known = LocalKnowledge(nonrevoked_assertions=[NonRevokedStatusAssertion(newest.signer_cert.sha256, at=at)])
    policy = CertValidationPolicySpec(trust, CertRevTrustPolicy(REQUIRE_REVINFO))
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, nobody_asked, local_knowledge=known))
    timing = ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=True)
    result = await ades_lta_validation(signature, spec, timing_info=timing)
    return result.ades_subindic in tuple(AdESPassed)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])))))
