// The scenario with openapi-fetch over types of openapi-typescript.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";
import { base, scenario, token, type Event, type Model, type Page, type Registry, type Seen } from "./scenario.js";

const client = createClient<paths>({
  baseUrl: base,
  headers: { Authorization: `Bearer ${await token()}` },
  querySerializer: { array: { style: "form", explode: false } },
});

type Told<T> = { data?: T; error?: components["schemas"]["Problem"] | undefined; response: Response };

function good<T>({ data, error, response }: Told<T>): T {
  if (data === undefined) throw new Error(`${response.status} ${error?.code}: ${error?.detail}`);
  return data;
}

function seen(told: Told<components["schemas"]["Model"]>): Seen<Model> {
  return { body: good(told), etag: told.response.headers.get("ETag") ?? "" };
}

function first<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("the demo is not loaded");
  return item;
}

const registry: Registry = {
  async aType() {
    return first(good(await client.GET("/v1/model-types", { params: { query: { pageSize: 1 } } })).items).id;
  },
  async aUnit() {
    const query = { kind: ["commune" as const], pageSize: 1 };
    return first(good(await client.GET("/v1/units", { params: { query } })).items).id;
  },
  async create(key, body) {
    return seen(await client.POST("/v1/models", { params: { header: { "Idempotency-Key": key } }, body }));
  },
  async show(modelId) {
    return seen(await client.GET("/v1/models/{modelId}", { params: { path: { modelId } } }));
  },
  async rename(modelId, etag, name) {
    const told = await client.PATCH("/v1/models/{modelId}", {
      params: { path: { modelId }, header: { "If-Match": etag } },
      headers: { "Content-Type": "application/merge-patch+json" },
      body: { name },
    });
    return told.response.status === 412 ? 412 : seen(told);
  },
  async models(cursor): Promise<Page<Model>> {
    return good(await client.GET("/v1/models", { params: { query: { cursor, pageSize: 10 } } }));
  },
  async incidents(cursor) {
    return good(await client.GET("/v1/incidents", { params: { query: { cursor, pageSize: 2, count: "exact" } } }));
  },
  async activeModels(day) {
    const query = { indicator: ["models_active" as const], from: day, to: day };
    const told = good(await client.GET("/v1/statistics/observations", { params: { query } }));
    // Figures come as JSON, CSV, a workbook or a picture; without Accept they come as JSON.
    if (typeof told === "string") throw new Error("not JSON");
    return first(told.items).value ?? -1;
  },
  async changes(cursor): Promise<Page<Event>> {
    const query = { cursor, resourceTypes: ["models" as const], pageSize: 500 };
    return good(await client.GET("/v1/changes", { params: { query } }));
  },
};

await scenario("openapi-fetch", registry);
