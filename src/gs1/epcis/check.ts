/**
 * EPCIS JSON held against a JSON schema: this package's own, or the official one of GS1.
 *
 * @module
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { AcesoError } from "../../errors.js";
import { SCHEMAS } from "./schema.js";

/** How many paths an error lists. */
const MAX_PATHS = 20;

const compiled = new WeakMap<object, ValidateFunction>();

/**
 * Holds an EPCIS 2.0 document against a JSON schema (draft-07), such as GS1's official one, which the caller brings.
 *
 * @example
 * checkEpcis(writeEpcis(document), JSON.parse(officialSchema));
 *
 * @throws {@link EpcisInvalidError} with the paths where the document does not match.
 */
export function checkEpcis(document: unknown, schema: object): void {
  const validate = compiled.get(schema) ?? compile(schema);
  if (!validate(document)) throw new EpcisInvalidError((validate.errors ?? []).filter(isOwnFault).map(pathOf));
}

/** @throws {@link EpcisInvalidError} when the data is not what this package reads as that kind of document. */
export function assertReadable(data: unknown, root: keyof typeof SCHEMAS): void {
  checkEpcis(data, SCHEMAS[root]);
}

function compile(schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, discriminator: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** A condition only reports that one of its branches failed, which reports itself. */
function isOwnFault({ keyword }: ErrorObject): boolean {
  return keyword !== "if";
}

function pathOf({ instancePath, params }: ErrorObject): string {
  const missing: unknown = params.missingProperty;
  return typeof missing === "string" ? `${instancePath}/${missing}` : instancePath || "/";
}

/** An EPCIS document does not match its schema. `paths` are JSON pointers, at most 20. */
export class EpcisInvalidError extends AcesoError {
  override name = "EpcisInvalidError";
  readonly paths: readonly string[];
  constructor(paths: readonly string[]) {
    const distinct = [...new Set(paths)].slice(0, MAX_PATHS);
    super(
      `The EPCIS document is missing a required value or has one the standard does not allow at: ${distinct.join(", ")}.`,
      "Correct these places as EPCIS 2.0 says, or ask the sender to.",
    );
    this.paths = distinct;
  }
}
