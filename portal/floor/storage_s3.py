"""The S3-compatible sibling of storage.py, apart because its client library is slow to load."""

from storages.backends.s3 import S3Storage

from portal.floor.storage import EncryptingStorage


class EncryptedS3Storage(EncryptingStorage, S3Storage):  # type: ignore[misc]
    """Objects of a bucket, sealed before they leave the process. Names are never overwritten."""

    file_overwrite = False
    querystring_auth = True
