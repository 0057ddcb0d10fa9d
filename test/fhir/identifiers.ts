/**
 * What in FHIR could identify somebody, found by the names of elements and the look of texts alone: nothing here knows
 * the rules of de-identification, so it can check them.
 *
 * @module
 */

type Leaf = { key: string; value: unknown };

// Elements whose texts are names, places, numbers, addresses, links or free text.
const IDENTIFYING_KEYS = new Set(
  (
    "family given prefix suffix text display name alias title description comment div authorString note line city " +
    "district county postalCode value url uri data hash serialNumber lotNumber deviceIdentifier carrierHRF " +
    "carrierAIDC address id fullUrl reference versionId valueString patientInstruction answer payload label " +
    "modelNumber partNumber manufacturer distinctIdentifier instructions contentString content details summary " +
    "source uid publisher copyright preAuthRef policyHolder group plan subPlan network class dependent " +
    "subscriberId disposition altId query lastUpdated birthDate deceasedDateTime"
  ).split(" "),
);

const LONGER_THAN_YEAR = /(?<![\w-])(?:18|19|20)\d{2}-(?:0[1-9]|1[0-2])(?:-\d{2})?\b/;
const LOOKS = {
  date: LONGER_THAN_YEAR,
  time: /\b\d{2}:\d{2}\b/,
  email: /@/,
  telephone: /(?:\+\d|\(\d{2,3}\)|\b\d{3}[-. ]\d{4}\b)/,
  socialSecurityNumber: /\b\d{3}-\d{2}-\d{4}\b/,
  ip: /(?<![\d.:])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\b(?:[0-9a-f]{1,4}:){3,}/i,
  sentence: /\s/,
  markup: /<\w/,
};
const TERMINOLOGIES = new RegExp(
  "^https?://(?:[a-z]+\\.)?(?:hl7\\.org|snomed\\.info|loinc\\.org|unitsofmeasure\\.org|nlm\\.nih\\.gov|" +
    "ama-assn\\.org|whocc\\.no|dicom\\.nema\\.org|genenames\\.org|nucc\\.org)(?:/|$)",
);
const PSEUDONYM =
  /^(?:#|[A-Z][A-Za-z]+\/)?[a-p]{32}$|^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;
// Keys under which FHIR has nothing but what must go.
const FORBIDDEN_KEYS = new Set(
  "text display name telecom identifier line city district note div data photo given family serialNumber".split(" "),
);

/** Every string and number of JSON data, with the key it is under. */
export function leavesOf(data: unknown, key = ""): Leaf[] {
  if (Array.isArray(data)) return data.flatMap((item) => leavesOf(item, key));
  if (typeof data !== "object" || data === null) return [{ key, value: data }];
  return Object.entries(data).flatMap(([name, member]) => leavesOf(member, name));
}

/** What of `input` can be told from `output` although it could identify somebody, as readable findings. */
export function survivors(input: unknown, output: unknown): string[] {
  const texts = leavesOf(input).filter(
    (leaf): leaf is { key: string; value: string } => typeof leaf.value === "string",
  );
  const secrets = new Set(
    texts.filter(({ key, value }) => isSecret(key, value)).flatMap(({ value }) => partsOf(value)),
  );
  // The same text may be an id in one place and a code in another: there it is the code that stays.
  const vocabulary = new Set(texts.filter(({ key }) => !IDENTIFYING_KEYS.has(key)).map(({ value }) => value));
  return leavesOf(output).flatMap(({ key, value }) => {
    if (FORBIDDEN_KEYS.has(key)) return [`${key} is there`];
    if (typeof value !== "string" || PSEUDONYM.test(value)) return [];
    const looks = Object.entries(LOOKS).filter(([, look]) => look.test(value) && !TERMINOLOGIES.test(value));
    const link = /:\/\//.test(value) && !TERMINOLOGIES.test(value) ? [`${key} is a link: ${value}`] : [];
    const words = vocabulary.has(value) ? [] : partsOf(value).filter((part) => secrets.has(part));
    return [
      ...looks.map(([look]) => `${key} looks like ${look}: ${value}`),
      ...link,
      ...words.map((word) => `${key} tells ${word}: ${value}`),
    ];
  });
}

function isSecret(key: string, value: string): boolean {
  // Parts of an extension are named by a word where others have a link.
  if (key === "url" && /^[A-Za-z]+$/.test(value)) return false;
  return IDENTIFYING_KEYS.has(key) || Object.values(LOOKS).some((look) => look.test(value));
}

/** A text and its words, but those of one or two characters; of links only the whole. */
function partsOf(text: string): string[] {
  if (TERMINOLOGIES.test(text)) return [];
  const words = text.includes("://") ? [] : text.split(/[^\p{L}\p{N}]+/u);
  return [text, ...words].filter((part) => part.length > 2 && !/^(?:19|20)\d{2}$/.test(part));
}
