/**
 * Whether a resource is specially protected data: mental health, substance use, sexual and reproductive health, HIV,
 * violence. Which kind is never said.
 *
 * @module
 */
import type { FhirResource } from "fhir/r4.js";
import { isProtectedCode, isProtectiveLabel } from "./protectedCodes.js";
import { isProtectedText } from "./protectedText.js";
import { MAX_DEPTH, TooDeepError } from "./resource.js";
import { isDefinition, isResourceType } from "./resourceTypes.js";

// Names of systems and profiles tell about the software, not the patient; data is read by readableText.
const SILENT_KEYS = new Set(["system", "profile", "data", "hash", "resourceType", "contentType"]);

// Elements that carry security labels: those of meta, and of documents, consents and audit events.
const LABEL_KEYS = new Set(["security", "securityLabel"]);

/**
 * True when security labels, codes or words of a resource mark it as specially protected, anywhere in it: in a contained
 * medication, a reason, a note, the display of a reference, the narrative, an attachment of text.
 *
 * Definitions (a pregnancy questionnaire, a value set of HIV codes) are about nobody, so never protected.
 */
export function isProtected(resource: FhirResource): boolean {
  return betrays(resource, "", 0);
}

function betrays(value: unknown, key: string, depth: number): boolean {
  if (typeof value === "string") return !SILENT_KEYS.has(key) && isProtectedText(value);
  if (typeof value !== "object" || value === null) return false;
  if (depth > MAX_DEPTH) throw new TooDeepError();
  if (Array.isArray(value)) return value.some((item) => betrays(item, key, depth + 1));
  if (isDefinitionResource(value)) return false;
  return (
    isProtectedCoding(value, key) ||
    isProtectedText(readableText(value)) ||
    Object.entries(value).some(([name, member]) => betrays(member, name, depth + 1))
  );
}

function isDefinitionResource(value: object): boolean {
  const { resourceType } = value as { resourceType?: unknown };
  return typeof resourceType === "string" && isResourceType(resourceType) && isDefinition(resourceType);
}

function isProtectedCoding(value: object, key: string): boolean {
  const { system, code } = value as { system?: unknown; code?: unknown };
  if (typeof code !== "string") return false;
  if (LABEL_KEYS.has(key) && isProtectiveLabel(code)) return true;
  return isProtectedCode(typeof system === "string" ? system : undefined, code);
}

// The text of an Attachment or Binary that holds one: plain, HTML, CDA. A picture or PDF cannot be read here.
function readableText(value: object): string {
  const { contentType, data } = value as { contentType?: unknown; data?: unknown };
  if (typeof data !== "string" || typeof contentType !== "string") return "";
  if (!/^text\/|xml|json|rtf/i.test(contentType)) return "";
  try {
    // One character a byte is enough: every word looked for is ASCII.
    return atob(data);
  } catch {
    return "";
  }
}
