"""An independent reader of signed files: poppler's pdfsig, with the demo's root as the only one it trusts."""

import subprocess
from pathlib import Path

VALID = ["Signature is Valid.", "Certificate is Trusted."]


def verdicts(pdf: bytes, root: str, folder: Path) -> list[str]:
    """What it says of each signature: two lines each."""
    nss, file = folder / "nss", folder / "result.pdf"
    nss.mkdir()
    file.write_bytes(pdf)
    certutil = ["certutil", "-d", f"sql:{nss}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    subprocess.run([*certutil, "-A", "-n", "root", "-t", "CT,C,C", "-i", root], check=True)
    answer = subprocess.run(["pdfsig", "-nssdir", f"sql:{nss}", str(file)], capture_output=True, text=True, check=False)
    return [line.split(":", 1)[1].strip() for line in answer.stdout.splitlines() if "Validation:" in line]
