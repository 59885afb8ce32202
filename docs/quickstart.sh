#!/usr/bin/env bash
# An integration's first steps with curl. BASE_URL, CLIENT_ID and CLIENT_SECRET say where and as whom.
set -euo pipefail

field() { python3 -c 'import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step)] if step.isdigit() else value[step]
print("" if value is None else value)' "$1"; }

TOKEN=$(curl -sSf -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials "$BASE_URL/oauth/token" | field access_token)
ask() { curl -sSf -H "Authorization: Bearer $TOKEN" "$@"; }

TYPE=$(ask "$BASE_URL/v1/model-types?pageSize=1" | field items.0.id)
UNIT=$(ask "$BASE_URL/v1/units?kind=commune&validOn=2024-03-01&pageSize=1" | field items.0.id)

# Create; the key makes it safe to send this twice.
KEY=$(python3 -c 'import uuid; print(uuid.uuid4())')
MODEL=$(ask -H "Idempotency-Key: $KEY" -H "Content-Type: application/json" "$BASE_URL/v1/models" -d "{
  \"name\": \"Tổ liên gia số 5\", \"modelTypeId\": \"$TYPE\", \"unitId\": \"$UNIT\",
  \"establishedOn\": \"2024-03-01\", \"leadBody\": \"Công an phường\"}" | field id)

# Change what was read, and only that.
ETAG=$(ask -o /dev/null -D - "$BASE_URL/v1/models/$MODEL" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
ask -X PATCH -H "If-Match: $ETAG" -H "Content-Type: application/merge-patch+json" \
    "$BASE_URL/v1/models/$MODEL" -d '{"householdCount": 12}' | field version

# The same ETag again is refused: the record has moved on.
curl -sS -o /dev/null -w '%{http_code}\n' -X PATCH -H "Authorization: Bearer $TOKEN" -H "If-Match: $ETAG" \
    -H "Content-Type: application/merge-patch+json" "$BASE_URL/v1/models/$MODEL" -d '{"householdCount": 13}'

# A figure.
ask "$BASE_URL/v1/statistics/observations?indicator=models_active&period=2023" | field items.0.value
