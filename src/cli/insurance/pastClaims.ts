/**
 * Claims of the past in files: FHIR Claims, alone or in bundles, and folders of such files.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { AcesoError } from "../../errors.js";
import { claimContext } from "../../fhir/claimContext.js";
import { fullEntriesOf, parseBundle, parseResource } from "../../fhir/resource.js";
import type { PastClaim } from "../../insurance/simulate.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import type { Report } from "../progress.js";

/** A file of a folder that is no FHIR. */
export type UnreadFile = { file: string; error: string; message: string };

/** The claims in files, and which files of a folder could not be read. */
export type PastClaims = { files: number; claims: PastClaim[]; unread: UnreadFile[] };

/** A file, and whether it was named itself or found in a folder. */
type NamedFile = { path: string; isNamed: boolean };

/**
 * The FHIR Claims in files, and in the .json files of folders and their folders. Other resources are passed over.
 *
 * @throws for a file that was named itself: {@link InputFileError}; {@link NotUtf8Error}; what {@link parseBundle}
 * throws. {@link NoClaimsError} when there is no claim at all.
 */
export async function readPastClaims(io: Io, paths: readonly string[], report: Report): Promise<PastClaims> {
  const files = (await Promise.all(paths.map((path) => filesIn(io, path)))).flat();
  const claims: PastClaim[] = [];
  const unread: UnreadFile[] = [];
  for (const [at, { path, isNamed }] of files.entries()) {
    try {
      claims.push(...claimsIn(await readText(io, path)));
    } catch (error) {
      if (isNamed || !(error instanceof AcesoError)) throw error;
      unread.push({ file: path, error: error.name, message: error.message });
    }
    report((at + 1) / files.length);
  }
  if (claims.length === 0) throw new NoClaimsError(files.length);
  return { files: files.length, claims, unread };
}

function claimsIn(text: string): PastClaim[] {
  const resource = parseResource(text);
  if (resource.resourceType === "Claim") return [{ claim: resource }];
  if (resource.resourceType !== "Bundle") return [];
  const bundle = parseBundle(resource);
  const context = claimContext(bundle);
  return fullEntriesOf(bundle)
    .filter(({ resource: each }) => each.resourceType === "Claim")
    .map(({ resource: claim }) => ({ claim, context }));
}

async function filesIn(io: Io, path: string): Promise<NamedFile[]> {
  const entries = await readdir(resolve(io.cwd, path), { recursive: true }).catch(() => undefined);
  if (entries === undefined) return [{ path, isNamed: true }];
  return entries
    .filter((name) => name.toLowerCase().endsWith(".json"))
    .sort()
    .map((name) => ({ path: join(path, name), isNamed: false }));
}

/** Files hold no FHIR Claim. */
export class NoClaimsError extends AcesoError {
  override name = "NoClaimsError";
  constructor(files: number) {
    super(
      `There is no FHIR Claim in ${files === 1 ? "the file" : `these ${files} files`}.`,
      "Pass FHIR R4 Claims in JSON, alone or in Bundles, or a folder with such .json files.",
    );
  }
}
