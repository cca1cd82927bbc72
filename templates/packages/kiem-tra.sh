#!/bin/sh
# Kiểm tra gói lưu trữ bằng công cụ có sẵn: sh kiem-tra.sh. Mã thoát 1 khi có chỗ không đạt. Giải thích: XAC-MINH.md.
cd "$(dirname "$0")" || exit 2
bad=0

check() {
  what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "Đạt: $what"
  else
    echo "KHÔNG ĐẠT: $what"
    bad=1
  fi
}

check "mã băm của mọi tệp (SHA256SUMS)" sha256sum -c SHA256SUMS
[ "$bad" = 0 ] || sha256sum -c --quiet SHA256SUMS

if [ -f SHA256SUMS.p7s ]; then
  check "chữ ký của cơ quan trên SHA256SUMS" openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s \
    -content SHA256SUMS -CAfile chung-thu/goc.pem -purpose any -no_check_time -out /dev/null
else
  echo "Gói này chưa có chữ ký của cơ quan (SHA256SUMS.p7s)."
fi

for text in niem-phong/*.txt; do
  [ -f "$text" ] || continue
  check "dấu thời gian của $text" openssl ts -verify -data "$text" -in "${text%.txt}.tst" -token_in \
    -CAfile chung-thu/goc.pem -no_check_time
done

check "chuỗi bước và niêm phong (kiem_tra.py)" python3 -I kiem_tra.py
[ "$bad" = 0 ] || python3 -I kiem_tra.py

if command -v pdfsig >/dev/null 2>&1; then
  for pdf in giay-to/*-da-ky.pdf van-ban/*-da-ky.pdf ket-qua/*-da-ky.pdf; do
    [ -f "$pdf" ] || continue
    echo "$pdf"
    pdfsig -nocert "$pdf" | grep -E 'Signer Certificate Common Name|Signature Validation|Signing Time'
  done
fi
exit "$bad"
