#!/usr/bin/env bash
# Encrypts the folder PLAN into the file PACKED with PLAN_PASSPHRASE: a plan holds the values of its resources, and
# whoever reads the repository reads its artifacts.
set -euo pipefail
if ((${#PLAN_PASSPHRASE} < 20)); then
  echo "Set the secret PLAN_PASSPHRASE, 20 characters or more (docs/pipelines.md)." >&2
  exit 2
fi
tar -C "$PLAN" -czf - . |
  openssl enc -aes-256-cbc -pbkdf2 -iter 600000 -salt -pass env:PLAN_PASSPHRASE -out "$PACKED"
if [[ -n "${GITHUB_OUTPUT:-}" ]]; then
  echo "packed=$(sha256sum <"$PACKED" | cut -d' ' -f1)" >>"$GITHUB_OUTPUT"
fi
