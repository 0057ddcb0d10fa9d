/**
 * FHIR R4 resources and bundles, read from JSON: checked once at the edge, so the rest can trust their shape.
 *
 * What is checked is the frame (types, nesting, keys, identities), not every element: use a FHIR validator for that.
 *
 * @module
 */
import type { Bundle, BundleEntry, FhirResource } from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import { canonicalJson } from "./canonicalJson.js";
import { isResourceType } from "./resourceTypes.js";

export type { FhirResource };

/** An entry that holds a resource. */
export type FullEntry = BundleEntry & { resource: FhirResource };

/** How deep objects and arrays may nest. Real resources stay below 30; bundles in bundles below 60. */
export const MAX_DEPTH = 100;

// Keys no FHIR element has, and which would reach an object's prototype where code copies key by key.
const UNSAFE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/**
 * A FHIR R4 resource from its JSON text or object.
 *
 * @example
 * parseResource('{"resourceType":"Patient","id":"example"}');
 *
 * @throws {@link NotJsonError} when a text is no JSON.
 * @throws {@link NotFhirError} when there is no `resourceType`, at the top or in an entry or contained resource.
 * @throws {@link UnknownResourceTypeError} when a `resourceType` is none of R4's.
 * @throws {@link TooDeepError} when objects nest deeper than {@link MAX_DEPTH}.
 * @throws {@link UnsafeKeyError} when a key is `__proto__`, `constructor` or `prototype`.
 */
export function parseResource(input: unknown): FhirResource {
  const data = typeof input === "string" ? parseJson(input) : input;
  assertSafe(data, 0);
  assertResource(data);
  return data;
}

/**
 * A FHIR R4 bundle, of any bundle type, from its JSON text or object.
 *
 * An entry is known by its fullUrl, or without one by its type and id. The same entry may be there again if its content
 * is equal or `meta.versionId` differs, as in a history.
 *
 * @throws {@link NotABundleError} when the resource is of another type.
 * @throws {@link EmptyBundleError} when the bundle has no entry.
 * @throws {@link DuplicateEntriesError} when one identity stands for different contents.
 * @throws as {@link parseResource} does.
 */
export function parseBundle(input: unknown): Bundle {
  const resource = parseResource(input);
  if (resource.resourceType !== "Bundle") throw new NotABundleError(resource.resourceType);
  if ((resource.entry ?? []).length === 0) throw new EmptyBundleError();
  const duplicates = duplicatesAmong(fullEntriesOf(resource));
  if (duplicates.length > 0) throw new DuplicateEntriesError(duplicates);
  return resource;
}

/** `Type/id` of a resource, or its bare type when it has no id. */
export function nameOf(resource: FhirResource): string {
  return resource.id === undefined ? resource.resourceType : `${resource.resourceType}/${resource.id}`;
}

/** The entries of a bundle that hold a resource. */
export function fullEntriesOf({ entry = [] }: Bundle): FullEntry[] {
  return entry.filter((each): each is FullEntry => each.resource !== undefined);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message quotes the text, which is a patient's data.
    throw new NotJsonError();
  }
}

function assertSafe(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new TooDeepError();
  for (const [key, member] of Object.entries(value)) {
    if (UNSAFE_KEYS.has(key)) throw new UnsafeKeyError(key);
    assertSafe(member, depth + 1);
  }
}

function assertResource(data: unknown): asserts data is FhirResource {
  const { resourceType, contained, entry } = asMap(data);
  if (typeof resourceType !== "string") throw new NotFhirError();
  if (!isResourceType(resourceType)) throw new UnknownResourceTypeError(resourceType);
  const { id, meta = {} } = data as { id?: unknown; meta?: unknown };
  const { versionId, lastUpdated } = asMap(meta);
  assertTexts(id, versionId, lastUpdated);
  for (const resource of asList(contained)) assertResource(resource);
  if (resourceType !== "Bundle") return;
  for (const each of asList(entry)) {
    const { resource, fullUrl } = asMap(each);
    assertTexts(fullUrl);
    if (resource !== undefined) assertResource(resource);
  }
}

/** What identifies a resource is text wherever it is given, so that nothing else needs to ask. */
function assertTexts(...values: unknown[]): void {
  if (values.some((value) => value !== undefined && typeof value !== "string")) throw new NotFhirError();
}

function asMap(data: unknown): Record<string, unknown> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw new NotFhirError();
  return data as Record<string, unknown>;
}

function asList(data: unknown = []): unknown[] {
  if (!Array.isArray(data)) throw new NotFhirError();
  return data;
}

function duplicatesAmong(entries: readonly FullEntry[]): string[] {
  const duplicates = new Set<string>();
  const seen = new Map<string, FhirResource[]>();
  // A Type/id without a fullUrl could mean any entry of that name, so all of that name are held against each other.
  const bare = entries.filter(({ fullUrl, resource }) => fullUrl === undefined && resource.id !== undefined);
  const bareNames = new Set(bare.map(({ resource }) => nameOf(resource)));
  for (const { fullUrl, resource } of entries) {
    const name = nameOf(resource);
    const identity = bareNames.has(name) ? name : fullUrl;
    if (identity === undefined) continue;
    const others = seen.get(identity) ?? [];
    if (others.some((other) => clash(other, resource))) duplicates.add(name);
    seen.set(identity, [...others, resource]);
  }
  return [...duplicates].sort();
}

function clash(one: FhirResource, other: FhirResource): boolean {
  const [versionOfOne, versionOfOther] = [one.meta?.versionId, other.meta?.versionId];
  const areVersions = versionOfOne !== undefined && versionOfOther !== undefined && versionOfOne !== versionOfOther;
  return !areVersions && canonicalJson(one) !== canonicalJson(other);
}

/** A text is not JSON. */
export class NotJsonError extends AcesoError {
  override name = "NotJsonError";
  constructor() {
    super("The text is not JSON.", "Pass FHIR in its JSON form; convert XML first.");
  }
}

/** Data is not a FHIR resource. */
export class NotFhirError extends AcesoError {
  override name = "NotFhirError";
  constructor() {
    super(
      "The data is no FHIR resource: an object with a resourceType, in its entries and contained resources too.",
      "Pass a FHIR R4 resource, such as a Patient or a Bundle.",
    );
  }
}

/** A `resourceType` is none of FHIR R4's. */
export class UnknownResourceTypeError extends AcesoError {
  override name = "UnknownResourceTypeError";
  constructor(readonly resourceType: string) {
    super(
      `"${resourceType.slice(0, 64)}" is no resource type of FHIR R4.`,
      "Check the spelling; convert resources of other FHIR versions to R4 first.",
    );
  }
}

/** Data nests deeper than {@link MAX_DEPTH}. */
export class TooDeepError extends AcesoError {
  override name = "TooDeepError";
  constructor() {
    super(`The resource nests deeper than ${MAX_DEPTH} levels.`, "Check where it comes from: no real resource does.");
  }
}

/** A key could reach an object's prototype. */
export class UnsafeKeyError extends AcesoError {
  override name = "UnsafeKeyError";
  constructor(readonly key: string) {
    super(`The resource has a key "${key}", which no FHIR element has.`, "Check where it comes from.");
  }
}

/** A resource is not a Bundle. */
export class NotABundleError extends AcesoError {
  override name = "NotABundleError";
  constructor(readonly resourceType: string) {
    super(`The resource is a ${resourceType}, not a Bundle.`, "Pass a Bundle, or read it as a single resource.");
  }
}

/** A bundle has no entry. */
export class EmptyBundleError extends AcesoError {
  override name = "EmptyBundleError";
  constructor() {
    super("The bundle has no entry.", "Pass a bundle with at least one entry.");
  }
}

/** One identity stands for different contents in a bundle. `entries` lists them as `Type/id`; the message does not. */
export class DuplicateEntriesError extends AcesoError {
  override name = "DuplicateEntriesError";
  constructor(readonly entries: readonly string[]) {
    super(
      `The bundle has different contents for one identity, ${entries.length} times.`,
      "Give each resource its own fullUrl or id, or each version of a resource its own meta.versionId.",
    );
  }
}
