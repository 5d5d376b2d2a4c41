#!/usr/bin/env python3
"""Asks the producer over HTTP to delete sessions, and follows the request to its end. Python 3.9 or newer, nothing to install.

  SESSION_QUEUE_URL    the producer (http://127.0.0.1:3010)
  SESSION_QUEUE_TOKEN  a token of its PRODUCER_API_KEYS; the demo prints one

  python3 examples/enqueue_http.py [session id ...]
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("SESSION_QUEUE_URL", "http://127.0.0.1:3010")
TOKEN = os.environ.get("SESSION_QUEUE_TOKEN")
ATTEMPTS = 8


def call(method, path, body=None, key=None):
    """Makes a call, again where that is safe and may help: with an Idempotency-Key no repetition becomes a second request."""
    headers = {"Accept": "application/json"}
    if TOKEN:
        headers["Authorization"] = f"Bearer {TOKEN}"
    if key:
        headers["Idempotency-Key"] = key
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
    for attempt in range(1, ATTEMPTS + 1):
        pause = min(2**attempt, 30)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            # Errors are problem documents (RFC 9457) that name the field and the reason.
            problem = error.read().decode()
            is_passing = error.code in (429, 503) or (error.code == 409 and "in-progress" in problem)
            if not is_passing or attempt == ATTEMPTS:
                raise SystemExit(f"{error.code} {problem}") from error
            pause = int(error.headers.get("Retry-After", pause))
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if attempt == ATTEMPTS:
                raise SystemExit(f"no answer from {URL}: {error}") from error
        print(f"trying again in {pause} s", file=sys.stderr)
        time.sleep(pause)


session_ids = sys.argv[1:] or ["example-python-1", "example-python-2"]
# Keep the key for as long as the answer is not known.
accepted = call(
    "POST",
    "/v1/deletions",
    {"sessionIds": session_ids, "reason": "an example", "requestedBy": "enqueue_http"},
    key=str(uuid.uuid4()),
)
print(f"accepted as request {accepted['id']}")

while True:
    request = call("GET", f"/v1/requests/{accepted['id']}")
    counts = request["counts"]
    print(f"{request['state']}: {counts['succeeded']} of {counts['total']} succeeded")
    if request["state"] in ("completed", "failed", "cancelled"):
        break
    time.sleep(1)
