"""A copy of the incidents that goes on where it was stopped, and models made once, with the typed client.

BASE_URL, CLIENT_ID and CLIENT_SECRET say where and as whom, COPY in which file. The client needs the scopes units:read,
model-types:read, models:write, incidents:read and changes:read. Before that, as README says:
    python3 -m venv venv && . venv/bin/activate && pip install openapi-python-client httpx attrs
    openapi-python-client generate --url $BASE_URL/v1/openapi.json --meta none --output-path tuquan_client
    PYTHONPATH=. python3 docs/follow.py
Stop it however you like and start it again: what came since is read, nothing twice. `--once` ends when all is read.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Generator
from datetime import date
from typing import TypeVar

import httpx
from tuquan_client import AuthenticatedClient
from tuquan_client.api.journal import list_changes
from tuquan_client.api.model_types import list_model_types
from tuquan_client.api.models import create_model
from tuquan_client.api.units import list_units
from tuquan_client.models import (
    ChangePage,
    Incident,
    ListChangesResourceTypesItem,
    ListUnitsKindItem,
    Model,
    ModelTypePage,
    NewModel,
    Problem,
    UnitPage,
)
from tuquan_client.types import Response

BASE = os.environ["BASE_URL"]
T = TypeVar("T")


class SignIn(httpx.Auth):
    """Gets a token before the first request and whenever one has run out; every request carries it."""

    requires_response_body = True
    token = ""

    def renewed(self) -> Generator[httpx.Request, httpx.Response, None]:
        pair = httpx.BasicAuth(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
        asked = httpx.Request("POST", f"{BASE}/oauth/token", data={"grant_type": "client_credentials"})
        answer = yield next(pair.auth_flow(asked))
        answer.raise_for_status()
        self.token = answer.json()["access_token"]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.token:
            yield from self.renewed()
        request.headers["Authorization"] = f"Bearer {self.token}"
        if (yield request).status_code == 401:
            yield from self.renewed()
            request.headers["Authorization"] = f"Bearer {self.token}"
            yield request


# A poll waits for up to 30 s, so a request may take longer than that.
registry = AuthenticatedClient(BASE, token="", timeout=httpx.Timeout(45), httpx_args={"auth": SignIn()})

copy = sqlite3.connect(os.environ.get("COPY", "copy.db"))
copy.execute("CREATE TABLE IF NOT EXISTS incidents (subject TEXT PRIMARY KEY, status TEXT, occurred_at TEXT, record TEXT)")
copy.execute("CREATE TABLE IF NOT EXISTS place (cursor TEXT NOT NULL)")


def patiently(ask: Callable[[], Response[T]]) -> Response[T]:
    """The answer, asked for again after a lost connection and after the pause that the registry asks for."""
    while True:
        try:
            answer = ask()
        except httpx.TransportError as lost:
            print("no connection:", lost, file=sys.stderr, flush=True)
            time.sleep(5)
            continue
        if answer.status_code not in (429, 503):
            return answer
        time.sleep(int(answer.headers.get("Retry-After", 2)))


def make_model(number: str, new: NewModel) -> Model:
    """Made once, however often this is called within a day: the key is the record's own number with us."""
    answer = patiently(
        lambda: create_model.sync_detailed(client=registry, body=new, idempotency_key=f"so-{number}")
    )
    if not isinstance(answer.parsed, Model):
        raise RuntimeError(answer.parsed)
    return answer.parsed


def follow(cursor: str, wait: int) -> ChangePage | None:
    """What happened after the cursor; nothing where the copy must be begun anew."""
    kinds = [ListChangesResourceTypesItem.INCIDENTS]

    def ask() -> Response[ChangePage | Problem]:
        return list_changes.sync_detailed(client=registry, cursor=cursor, resource_types=kinds, wait_seconds=wait)

    answer = patiently(ask)
    if isinstance(answer.parsed, Problem) and answer.parsed.code == "cursor-expired":
        return None
    if not isinstance(answer.parsed, ChangePage):
        raise RuntimeError(answer.parsed)
    return answer.parsed


def keep(page: ChangePage) -> None:
    """The changes and the place in the feed in one transaction: after a fall both are there, or neither."""
    with copy:
        for event in page.items:
            if event.data is None:  # Removed, or out of our sight.
                copy.execute("DELETE FROM incidents WHERE subject = ?", [event.subject])
            else:
                record = event.data.to_dict()
                incident = Incident.from_dict(record)
                row = [event.subject, incident.status, incident.occurred_at.isoformat(), json.dumps(record)]
                copy.execute("INSERT OR REPLACE INTO incidents VALUES (?, ?, ?, ?)", row)
        copy.execute("DELETE FROM place")
        copy.execute("INSERT INTO place VALUES (?)", [page.page.next_cursor])


today = date(2024, 3, 1)
types = list_model_types.sync(client=registry, page_size=1)
# A code is used again in later years, so the day belongs to it.
units = list_units.sync(client=registry, code=["20410"], kind=[ListUnitsKindItem.COMMUNE], valid_on=today)
assert isinstance(types, ModelTypePage) and isinstance(units, UnitPage)
model = make_model(
    "8/2024",
    NewModel(
        name="Tổ liên gia số 8",
        model_type_id=types.items[0].id,
        unit_id=units.items[0].id,
        established_on=today,
        lead_body="Công an phường",
    ),
)
print("model:", model.id)

once = "--once" in sys.argv
while True:
    place = copy.execute("SELECT cursor FROM place").fetchone()
    page = follow(place[0] if place else "", 0 if once else 30)
    if page is None:  # Our rights or units have changed.
        with copy:
            copy.execute("DELETE FROM incidents")
            copy.execute("DELETE FROM place")
        continue
    keep(page)
    if page.items:
        print("read:", len(page.items), flush=True)
    if once and not page.page.has_more:
        break
print("kept:", copy.execute("SELECT count(*) FROM incidents").fetchone()[0])
