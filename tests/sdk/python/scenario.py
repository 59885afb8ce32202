"""The scenario with the client that openapi-python-client generates."""

import base64
import datetime
import os
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from tuquan_client import AuthenticatedClient
from tuquan_client.api.incidents import list_incidents
from tuquan_client.api.journal import list_changes
from tuquan_client.api.model_types import list_model_types
from tuquan_client.api.models import create_model, list_models, show_model, update_model
from tuquan_client.api.statistics import list_observations
from tuquan_client.api.units import list_units
from tuquan_client.models import (
    ChangePage,
    IncidentPage,
    ListChangesResourceTypesItem,
    ListIncidentsCount,
    ListObservationsIndicatorItem,
    ListUnitsKindItem,
    Model,
    ModelPage,
    ModelPatch,
    ModelTypePage,
    NewModel,
    ObservationPage,
    Problem,
    UnitPage,
)
from tuquan_client.types import Response

BASE = os.environ["BASE_URL"]
T = TypeVar("T")


def token() -> str:
    pair = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}"
    basic = base64.b64encode(pair.encode()).decode()
    answer = httpx.post(
        f"{BASE}/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def good(kind: type[T], answer: Response[Any]) -> T:
    """What was asked for, and no problem."""
    told = answer.parsed
    assert isinstance(told, kind), f"{answer.status_code}: {told}"
    return told


def etag(answer: Response[Any]) -> str:
    return str(answer.headers["etag"])


def everything(page: Callable[[str], Any]) -> list[Any]:
    items: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        got = page(cursor)
        items.extend(got.items)
        cursor = got.page.next_cursor
    return items


client = AuthenticatedClient(base_url=BASE, token=token())

today = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=7)).date()
a_type = good(ModelTypePage, list_model_types.sync_detailed(client=client, page_size=1)).items[0]
a_unit = good(
    UnitPage, list_units.sync_detailed(client=client, kind=[ListUnitsKindItem.COMMUNE], page_size=1)
).items[0]
new = NewModel(
    name="Tổ liên gia Python",
    model_type_id=a_type.id,
    unit_id=a_unit.id,
    established_on=today,
    lead_body="Công an phường",
)
key = str(uuid4())
made = create_model.sync_detailed(client=client, body=new, idempotency_key=key)
again = create_model.sync_detailed(client=client, body=new, idempotency_key=key)
model = good(Model, made)
assert good(Model, again).id == model.id, "the same key makes one model"


def rename(tag: str, name: str) -> Response[Any]:
    return update_model.sync_detailed(model.id, client=client, body=ModelPatch(name=name), if_match=tag)


first = rename(etag(made), "Tổ liên gia Python (1)")
assert good(Model, first).name == "Tổ liên gia Python (1)"
stale = rename(etag(made), "Tổ liên gia Python (2)")
problem = good(Problem, stale)
assert (stale.status_code, problem.code) == (412, "stale")
fresh = show_model.sync_detailed(model.id, client=client)
second = rename(etag(fresh), "Tổ liên gia Python (2)")
assert good(Model, second).name == "Tổ liên gia Python (2)"


def incident_page(cursor: str) -> IncidentPage:
    return good(
        IncidentPage,
        list_incidents.sync_detailed(
            client=client, cursor=cursor, page_size=2, count=ListIncidentsCount.EXACT
        ),
    )


incidents = everything(incident_page)
assert len(incidents) == incident_page("").page.total_count, "every incident once"
assert len({incident.id for incident in incidents}) == len(incidents) > 3

models: list[Model] = everything(
    lambda cursor: good(ModelPage, list_models.sync_detailed(client=client, cursor=cursor, page_size=10))
)
figures = good(
    ObservationPage,
    list_observations.sync_detailed(
        client=client,
        indicator=[ListObservationsIndicatorItem.MODELS_ACTIVE],
        from_=today,
        to=today,
    ),
)
active = [one for one in models if one.status == "active"]
assert figures.items[0].value == len(active), "figures are counts of records"

copy: dict[str, dict[str, Any]] = {}
cursor = ""
while True:
    changes = good(
        ChangePage,
        list_changes.sync_detailed(
            client=client, cursor=cursor, resource_types=[ListChangesResourceTypesItem.MODELS], page_size=500
        ),
    )
    for event in changes.items:
        if event.data is None:
            copy.pop(event.subject)
        else:
            copy[event.subject] = event.data.to_dict()
    assert changes.page.next_cursor is not None
    cursor = changes.page.next_cursor
    if not changes.page.has_more:
        break
assert len(copy) == len(models)
for one in models:
    held = copy[f"/v1/models/{one.id}"]
    assert UUID(str(held["id"])) == one.id
    assert Model.from_dict(held).to_dict() == one.to_dict()
print(f"python: {len(models)} models, {len(incidents)} incidents, copy equal")
