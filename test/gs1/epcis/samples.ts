import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(process.env.ACESO_DATA ?? "", "epcis");

/** Texts of GS1's own files under `epcis/…`, by name, or none where ACESO_DATA is unset. */
export function samples(under: string, pattern: RegExp): [name: string, text: string][] {
  const path = join(folder, under);
  if (process.env.ACESO_DATA === undefined || !existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => pattern.test(name) && !name.includes("Schema"));
  return names.map((name) => [name, readFileSync(join(path, name), "utf8")]);
}

/** GS1's official schema, or undefined where ACESO_DATA is unset. */
export function officialSchema(): object | undefined {
  const path = join(folder, "EPCIS-JSON-Schema.json");
  if (process.env.ACESO_DATA === undefined || !existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, "utf8")) as object;
}

/** An event that is valid as it is; members given as undefined are left out of its JSON. */
export function objectEvent(members: object = {}): object {
  return {
    type: "ObjectEvent",
    eventTime: "2026-03-01T10:00:00.75-05:00",
    eventTimeZoneOffset: "-05:00",
    action: "ADD",
    epcList: ["urn:epc:id:sgtin:030001.0012345.11"],
    ...members,
  };
}

/** An EPCIS 2.0 document of events. */
export function documentWith(events: object[], members: object = {}): object {
  return {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: "2026-03-01T15:00:01Z",
    epcisBody: { eventList: events },
    ...members,
  };
}
