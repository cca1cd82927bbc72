"""Uploaded files on their way in: in memory only, so that no plain copy of a citizen's paper ever lies on a disk."""

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_AT_ONCE = 64 * 1024 * 1024  # bytes of one request, all its files together
KEPT = 20 * 1024 * 1024 + 1  # bytes of one file; no form takes more, what comes after is only counted


class InMemory(FileUploadHandler):
    """Raises RequestDataTooBig, answered with 413, before a request is read that is larger than any page sends."""

    file: BytesIO

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 -- the framework calls it so
        content_length: int | None,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length is None or content_length > MOST_AT_ONCE:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data[: max(0, KEPT - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        name, kind = self.file_name, self.content_type
        return InMemoryUploadedFile(
            self.file, self.field_name, name, kind, file_size, self.charset, self.content_type_extra
        )
