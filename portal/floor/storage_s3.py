"""The S3-compatible sibling of storage.py, apart because its client library is slow to load."""

from botocore.config import Config
from storages.backends.s3 import S3Storage

from portal.floor.storage import EncryptingStorage


class EncryptedS3Storage(EncryptingStorage, S3Storage):  # type: ignore[misc]
    """Objects of a bucket, sealed before they leave the process. Names are never overwritten."""

    file_overwrite = False
    # What every S3-compatible store understands: the bucket in the path, no checksum trailers (the seal is one).
    client_config = Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
