#!/usr/bin/env bash
# Asks for deletions with nothing but curl: as JSON and as a CSV file, follows one, lists them and the items that failed.
#
#   SESSION_QUEUE_URL    the producer (http://127.0.0.1:3010)
#   SESSION_QUEUE_TOKEN  a token of its PRODUCER_API_KEYS; the demo prints one
#
#   examples/curl.sh [file.csv]
set -euo pipefail
cd "$(dirname "$0")"
url="${SESSION_QUEUE_URL:-http://127.0.0.1:3010}"
file="${1:-already-gone.txt}"

# --retry: again after a 503, a 429 or no answer, when Retry-After says so. With the same Idempotency-Key that is safe.
api() {
  curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
    --header "Authorization: Bearer ${SESSION_QUEUE_TOKEN:-}" "$@"
}
new_key() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen; }
id_of() { sed -E 's/^\{"id":"([^"]+)".*/\1/'; }

# A list as JSON.
id="$(api "$url/v1/deletions" --header "Idempotency-Key: $(new_key)" --header 'Content-Type: application/json' \
  --data '{"sessionIds": ["example-curl-1", "example-curl-2"], "reason": "an example"}' | id_of)"
echo "accepted as request $id"

# A file of any length as a stream: with a column session_id, or with one column. The notes stand in the address.
csv="$(api "$url/v1/deletions?reason=an%20example&requestedBy=curl" --header "Idempotency-Key: $(new_key)" \
  --header 'Content-Type: text/csv' --data-binary "@$file" | id_of)"
echo "accepted as request $csv"

# Both to their end.
for request in "$id" "$csv"; do
  until answer="$(api "$url/v1/requests/$request")" && grep -qE '"state":"(completed|failed|cancelled)"' <<<"$answer"; do
    sleep 1
  done
  echo "$answer"
  api "$url/v1/requests/$request/items?state=failed"
  echo
done

echo 'The latest:'
api "$url/v1/requests?kind=deletion&limit=5"
echo
