/**
 * Records → one history: what several authors keep of a patient, put together without loss and without doubles.
 *
 * @module
 */
import { sha256, toUtf8Bytes } from "ethers";
import type { Bundle, BundleEntry } from "fhir/r4.js";
import { canonicalJson } from "./canonicalJson.js";
import { referencesIn } from "./references.js";
import { fullEntriesOf, nameOf, type FhirResource } from "./resource.js";

/** A bundle and, where known, who keeps it: resources of one name from different sources are then not versions. */
export type HistoryPart = { bundle: Bundle; source?: string };

// Where one content of a resource was found.
type Origin = { fullUrl: string | undefined; source: string | undefined };
type Variant = { resource: FhirResource; text: string; origins: Origin[] };

// When a resource was clinically relevant, by the elements that say so, the most telling first.
const DATES = [
  ["effectiveDateTime", "effectiveInstant", "performedDateTime", "onsetDateTime", "occurrenceDateTime", "dateAsserted"],
  ["effectivePeriod", "performedPeriod", "occurrencePeriod", "period", "billablePeriod", "whenHandedOver", "started"],
  ["authoredOn", "recordedDate", "recorded", "date", "dateTime", "created", "issued", "sent", "authored", "start"],
].flat();

/**
 * One bundle of type collection from the bundles of several records, sorted by type, date and id.
 *
 * - Equal content under one `Type/id` (or fullUrl, where there is no id) is kept once.
 * - Of versions at one origin the newest is kept, by `meta.lastUpdated` and `meta.versionId`; where these contradict each
 *   other, no version is newer.
 * - Different contents that are no versions of each other are all kept, each under a fullUrl of its own: the one it had,
 *   or `urn:uuid:` and an id derived from its content.
 *
 * The result depends neither on the order of the bundles nor on how often one is given.
 *
 * @example
 * historyOf(records.map(({ bundle, author }) => ({ bundle, source: author })));
 */
export function historyOf(parts: readonly HistoryPart[]): Bundle {
  const names = [...variantsByName(parts)].sort(([one], [other]) => compare(one, other));
  const kept = names.map(([, variants]) => withoutOutdated([...variants.values()]));
  const references = new Set(kept.flat().flatMap(({ resource }) => referencesIn(resource)));
  const taken = new Set<string>();
  const entry = kept.flatMap((variants) => entriesOf(variants, references, taken)).sort(byTypeDateAndId);
  // FHIR has no empty lists.
  return { resourceType: "Bundle", type: "collection", ...(entry.length > 0 && { entry }) };
}

function variantsByName(parts: readonly HistoryPart[]): Map<string, Map<string, Variant>> {
  const names = new Map<string, Map<string, Variant>>();
  for (const { bundle, source } of parts) {
    for (const { fullUrl, resource } of fullEntriesOf(bundle)) {
      const text = canonicalJson(resource);
      const name = `${nameOf(resource)} ${resource.id === undefined ? (fullUrl ?? text) : ""}`;
      const variants = names.get(name) ?? new Map<string, Variant>();
      const variant = variants.get(text) ?? { resource, text, origins: [] };
      variant.origins.push({ fullUrl, source });
      names.set(name, variants.set(text, variant));
    }
  }
  return names;
}

// Only a version that is itself current outdates another, so no two can drop each other.
function withoutOutdated(variants: readonly Variant[]): Variant[] {
  const outdates = (newer: Variant, older: Variant) => areOneOrigin(newer, older) && isNewer(newer, older);
  const current = variants.filter((variant) => !variants.some((other) => outdates(other, variant)));
  return variants.filter((variant) => !current.some((other) => outdates(other, variant)));
}

function areOneOrigin(one: Variant, other: Variant): boolean {
  return one.origins.some((a) =>
    other.origins.some((b) => {
      // Who keeps a copy is known better than what the copy says of itself: nobody's record hides another's.
      if (a.source !== undefined && b.source !== undefined && a.source !== b.source) return false;
      if (a.fullUrl !== undefined && b.fullUrl !== undefined) return a.fullUrl === b.fullUrl;
      return true;
    }),
  );
}

function isNewer({ resource: { meta: one } }: Variant, { resource: { meta: other } }: Variant): boolean {
  const byTime = difference(Date.parse(one?.lastUpdated ?? ""), Date.parse(other?.lastUpdated ?? ""));
  const byVersion = difference(versionOf(one?.versionId), versionOf(other?.versionId));
  // Where they contradict each other, neither is newer.
  return byTime + byVersion > 0;
}

// A server's version ids need not be numbers; then they say nothing about order.
function versionOf(versionId: string | undefined): number {
  return versionId !== undefined && /^\d+$/.test(versionId) ? Number(versionId) : NaN;
}

function difference(one: number, other: number): number {
  return Number.isNaN(one) || Number.isNaN(other) ? 0 : Math.sign(one - other);
}

function entriesOf(variants: readonly Variant[], references: ReadonlySet<string>, taken: Set<string>): BundleEntry[] {
  return [...variants].sort(byNewestThenText).flatMap(({ resource, text, origins }) => {
    const own = [...new Set(origins.flatMap(({ fullUrl }) => fullUrl ?? []))].sort();
    const free = own.filter((fullUrl) => !taken.has(fullUrl));
    // An equal copy under another fullUrl stays only where something refers to it by that.
    const fullUrls = free.filter((fullUrl, place) => place === 0 || references.has(fullUrl));
    if (fullUrls.length === 0 && (own.length > 0 || variants.length > 1)) fullUrls.push(uuidOf(text));
    fullUrls.forEach((fullUrl) => taken.add(fullUrl));
    return fullUrls.length > 0 ? fullUrls.map((fullUrl) => ({ fullUrl, resource })) : [{ resource }];
  });
}

// A UUID of version 8 (RFC 9562): the first bits of the content's sha-256 digest.
function uuidOf(text: string): string {
  const hex = sha256(toUtf8Bytes(text)).slice(2);
  const variant = "89ab"[parseInt(hex[16]!, 16) & 3];
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function byNewestThenText(one: Variant, other: Variant): number {
  const updated = ({ resource }: Variant) => resource.meta?.lastUpdated ?? "";
  return compare(updated(other), updated(one)) || compare(one.text, other.text);
}

function byTypeDateAndId(one: BundleEntry, other: BundleEntry): number {
  const [a, b] = [one.resource as FhirResource, other.resource as FhirResource];
  return (
    compare(a.resourceType, b.resourceType) ||
    compare(dateOf(a), dateOf(b)) ||
    compare(a.id ?? "", b.id ?? "") ||
    // What is still equal stays in the order of names and contents.
    compare(one.fullUrl ?? "", other.fullUrl ?? "")
  );
}

function dateOf(resource: FhirResource): string {
  const element = resource as unknown as Record<string, string | { start?: string } | null | undefined>;
  for (const name of DATES) {
    const value = element[name];
    const date = typeof value === "object" ? value?.start : value;
    if (typeof date === "string") return date;
  }
  return "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
