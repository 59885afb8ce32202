// The scenario with the client that hey-api generates.
import { client } from "./generated/heyapi/client.gen.js";
import * as api from "./generated/heyapi/sdk.gen.js";
import { base, scenario, token, type Event, type Page, type Registry } from "./scenario.js";

const bearer = await token();
client.setConfig({ baseUrl: base, auth: () => bearer });

function first<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("the demo is not loaded");
  return item;
}

const etag = (response: Response): string => response.headers.get("ETag") ?? "";

const registry: Registry = {
  async aType() {
    const { data } = await api.listModelTypes({ query: { pageSize: 1 }, throwOnError: true });
    return first(data.items).id;
  },
  async aUnit() {
    const { data } = await api.listUnits({ query: { kind: ["commune"], pageSize: 1 }, throwOnError: true });
    return first(data.items).id;
  },
  async create(key, body) {
    const headers = { "Idempotency-Key": key };
    const { data, response } = await api.createModel({ body, headers, throwOnError: true });
    return { body: data, etag: etag(response) };
  },
  async show(modelId) {
    const { data, response } = await api.showModel({ path: { modelId }, throwOnError: true });
    return { body: data, etag: etag(response) };
  },
  async rename(modelId, known, name) {
    const headers = { "If-Match": known };
    const { data, error, response } = await api.updateModel({ path: { modelId }, headers, body: { name } });
    if (data !== undefined && response !== undefined) return { body: data, etag: etag(response) };
    if (error !== undefined && "status" in error) return error.status;
    throw new Error("neither an answer nor a problem");
  },
  async models(cursor) {
    return (await api.listModels({ query: { cursor, pageSize: 10 }, throwOnError: true })).data;
  },
  async incidents(cursor) {
    return (await api.listIncidents({ query: { cursor, pageSize: 2, count: "exact" }, throwOnError: true })).data;
  },
  async activeModels(day) {
    const query = { indicator: ["models_active" as const], from: day, to: day };
    const { data } = await api.listObservations({ query, throwOnError: true });
    return first(data.items).value ?? -1;
  },
  async changes(cursor): Promise<Page<Event>> {
    const query = { cursor, resourceTypes: ["models" as const], pageSize: 500 };
    return (await api.listChanges({ query, throwOnError: true })).data;
  },
};

await scenario("hey-api", registry);
