"""Kiểm tra gói lưu trữ mà không cần phần mềm nào khác ngoài Python 3: `python3 -I kiem_tra.py` trong thư mục của gói.

1. Mọi tệp đúng như SHA256SUMS ghi, không thiếu, không thừa.
2. Chuỗi bước trong nhat-ky/su-kien.jsonl: mỗi bước giữ mã băm của bước trước.
3. Mỗi niêm phong ngày có ghi bước của hồ sơ này.

Chữ ký và dấu thời gian do openssl và pdfsig kiểm tra: xem XAC-MINH.md. Mã thoát 1 khi có chỗ không khớp.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.p7s"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def files() -> Iterator[str]:
    listed = dict(line.split("  ", 1)[::-1] for line in (ROOT / SUMS).read_text("utf-8").splitlines())
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()} - {SUMS, SIGNATURE}
    for name in sorted(listed.keys() - there):
        yield f"{name}: thiếu tệp này"
    for name in sorted(there - listed.keys()):
        yield f"{name}: tệp này không có trong danh sách"
    for name in sorted(there & listed.keys()):
        if sha256((ROOT / name).read_bytes()) != listed[name]:
            yield f"{name}: nội dung đã bị sửa"


def digest_of(event: dict[str, Any], previous: str) -> str:
    """sha256(mã băm bước trước ‖ JSON của các dữ kiện, khóa xếp theo thứ tự, không khoảng trắng)."""
    names = ("dossier", "sequence", "verb", "at", "who", "from", "to")
    facts = {name: event[name] for name in names}
    facts |= {"note": event["note_digest"], "snapshot": event["snapshot_digest"]}
    return sha256((previous + canonical(facts)).encode())


def events(rows: list[dict[str, Any]], index: dict[str, Any]) -> Iterator[str]:
    previous, count = "", 0
    for event in rows:
        number = event["sequence"]
        for missing in range(count + 1, number):
            yield f"bước {missing}: đã bị xóa"
        if number == count + 1 and event["digest"] != digest_of(event, previous):
            yield f"bước {number}: nội dung hoặc thứ tự đã bị sửa"
        if event["note_digest"] != sha256(event["note"].encode()):
            yield f"bước {number}: ghi chú đã bị sửa"
        if event["snapshot_digest"] != sha256(canonical(event["snapshot"]).encode()):
            yield f"bước {number}: dữ liệu kèm theo đã bị sửa"
        previous, count = event["digest"], number
    for missing in range(count + 1, index["events"]["count"] + 1):
        yield f"bước {missing}: đã bị xóa"
    if count > index["events"]["count"] or (count == index["events"]["count"] and previous != index["events"]["head"]):
        yield f"bước {count}: không khớp với bước cuối ghi trong index.json"


def seals(rows: list[dict[str, Any]], index: dict[str, Any]) -> Iterator[str]:
    digests = {event["sequence"]: event["digest"] for event in rows}
    for seal in index["seals"]:
        day, sequence = seal["on"], seal["sequence"]
        text = (ROOT / f"niem-phong/{day}.txt").read_bytes()
        if sha256(text) != seal["sha256"]:
            yield f"niêm phong {day}: danh sách đã bị sửa"
        if f"{index['dossier']['id']} {sequence} {digests.get(sequence)}" not in text.decode().split("\n"):
            yield f"bước {sequence}: khác với bước đã niêm phong ngày {day}"


def flaws() -> Iterator[str]:
    yield from files()
    index = json.loads((ROOT / "index.json").read_text("utf-8"))
    lines = (ROOT / "nhat-ky/su-kien.jsonl").read_text("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    yield from events(rows, index)
    yield from seals(rows, index)


def say(text: str) -> None:
    sys.stdout.buffer.write(f"{text}\n".encode())  # whatever the terminal was set to


def main() -> int:
    found = []
    try:
        for flaw in flaws():
            found.append(flaw)
            say(flaw)
    except (OSError, ValueError, KeyError, TypeError) as error:
        found.append(str(error))
        say(f"Không đọc được: {error}")
    say(f"{len(found)} chỗ không khớp." if found else "Gói toàn vẹn.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
