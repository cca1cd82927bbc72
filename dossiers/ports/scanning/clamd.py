"""ClamAV's daemon over its INSTREAM command; address is a unix socket path or host:port."""

import socket
import struct

from dossiers.ports.scanning.base import ScanReport
from portal.floor.ports import PortError

_CHUNK = 64 * 1024
_TIMEOUT_SECONDS = 20


class Clamd:
    def __init__(self, address: str) -> None:
        self.address = address

    def scan(self, data: bytes) -> ScanReport:
        """Raises PortError when clamd is away or answers nonsense."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK):
                    chunk = data[start : start + _CHUNK]
                    connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
                answer = connection.makefile("rb").read().rstrip(b"\0").decode(errors="replace")
        except OSError as error:
            raise PortError(f"clamd: {type(error).__name__}") from error
        verdict = answer.partition(": ")[2]
        if verdict == "OK":
            return ScanReport(done=True)
        if verdict.endswith(" FOUND"):
            return ScanReport(done=True, infected=verdict.removesuffix(" FOUND"))
        raise PortError("clamd gave no verdict")

    def _connect(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(_TIMEOUT_SECONDS)
            connection.connect(self.address)
            return connection
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_TIMEOUT_SECONDS)
