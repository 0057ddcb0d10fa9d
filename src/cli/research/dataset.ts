/**
 * `aceso dataset`: what participants contributed, de-identified, as files.
 *
 * @module
 */
import { mkdir, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import type { Command } from "commander";

import { utf8, type Hex } from "../../crypto/bytes.js";
import { sha256 } from "../../crypto/digest.js";
import { AcesoError } from "../../errors.js";
import { anchorDataset, dataset, manifestDigest, type Dataset, type DatasetManifest } from "../../research/dataset.js";
import { acting, type Context } from "../context.js";
import {
  FileExistsError,
  jsonText,
  OutputFileError,
  readJson,
  readText,
  systemCodeOf,
  writeNewFile,
} from "../files.js";
import type { Io } from "../io.js";
import { note } from "../output.js";
import { withProgress } from "../progress.js";
import { signing, type Session } from "../session.js";
import { carryOut } from "../write.js";
import { countText } from "./payoutOptions.js";
import { studyInForce, studyNamed } from "./studyNamed.js";
import { ofStudy, STUDY } from "./studyOptions.js";

/** Adds the verbs of datasets. */
export function datasetVerbs(program: Command, io: Io): void {
  const domain = program
    .command("dataset")
    .description("what a study's participants contributed, de-identified after HIPAA Safe Harbor");

  ofStudy(domain.command("export"))
    .description("as its steward, open what was contributed, de-identify it and anchor the digest of its manifest")
    .requiredOption("--out <folder>", "where it goes: a new folder")
    .addHelpText(
      "after",
      `\nEach participant's file is a FHIR bundle under a pseudonym; manifest.json says what is in the dataset, what was left out,
and how anonymous it is. Safe Harbor also asks that you know of no way to tell who somebody is: read k-anonymity.

Example:
  $ aceso dataset export ${STUDY} --out glucose-2027`,
    )
    .action(acting(io, exportDataset));

  ofStudy(domain.command("anchor"))
    .description(
      "as its steward, anchor a dataset whose export was interrupted before it was, after checking its files",
    )
    .argument("<folder>", "what `aceso dataset export` made")
    .addHelpText("after", `\nExample:\n  $ aceso dataset anchor ${STUDY} glucose-2027`)
    .action(acting(io, anchorAgain));
}

async function anchorAgain(context: Context, named: string, folder: string): Promise<void> {
  const { id: study } = await studyNamed(context.io, named);
  const manifest = (await readJson(context.io, join(folder, "manifest.json"))) as DatasetManifest;
  if (manifest?.study !== study) throw new OtherDatasetError(folder);
  for (const [name, digest] of Object.entries(manifest.files)) {
    const text = await readText(context.io, join(folder, basename(name)));
    if ((await sha256(utf8(text))) !== digest) throw new DatasetChangedError(join(folder, name));
  }
  const aceso = await signing(context);
  await anchor(context, aceso, { study, folder, digest: await manifestDigest(manifest) });
}

async function exportDataset(context: Context, named: string, { out }: { out: string }): Promise<void> {
  const { id: study } = await studyNamed(context.io, named);
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  await studyInForce(aceso, study);
  const folder = resolve(context.io.cwd, out);
  // First, because each opening is logged on chain for good.
  await makeFolder(folder, out);
  let made: Dataset;
  try {
    made = await withProgress(context, "Opening and de-identifying", (report) =>
      dataset(aceso, { study, onOpened: (opened, of) => report(opened / of) }),
    );
    for (const [name, text] of made.files) await writeNewFile(context.io, join(out, name), text);
    await writeNewFile(context.io, join(out, "manifest.json"), jsonText(made.manifest));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  for (const line of summary(made)) note(context, line);
  const { manifest, digest, withheld } = made;
  await anchor(context, aceso, { study, folder: out, digest }, { manifest, withheld });
}

async function anchor(
  context: Context,
  aceso: Session,
  { study, folder, digest }: { study: Hex; folder: string; digest: Hex },
  told: object = {},
): Promise<void> {
  await carryOut(
    context,
    {},
    {
      prepare: () => anchorDataset(aceso, { study, digest }),
      said: () => `${folder} is anchored by its manifest: sha-256 ${digest} of its canonical JSON (RFC 8785).`,
      told: () => ({ study, folder, digest, ...told }),
    },
  );
}

function summary({ manifest, withheld }: Dataset): string[] {
  const { participants, resources, anonymity } = manifest;
  const kinds = Object.entries(resources).map(([type, count]) => `${count} ${type}`);
  const reasons = new Map<string, number>();
  for (const { reason } of withheld) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const left = [...reasons].map(([reason, count]) => `${count} ${reason}`);
  return [
    `Of ${countText(participants, "participant")}: ${kinds.join(", ") || "no resource that may stay"}.`,
    ...(left.length > 0 ? [`Contributed, and not in it: ${left.join(", ")}.`] : []),
    `k-anonymity ${anonymity.k}; ${anonymity.unique} alone in their class, ${anonymity.below.people} in one under ${anonymity.below.threshold}.`,
  ];
}

async function makeFolder(folder: string, out: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    const code = systemCodeOf(cause);
    throw code === "EEXIST" ? new FileExistsError(out) : new OutputFileError(out, code);
  }
}

/** A folder holds no dataset, or one of another study. */
export class OtherDatasetError extends AcesoError {
  override name = "OtherDatasetError";
  constructor(readonly folder: string) {
    super(
      `${folder} holds no dataset of this study.`,
      "Name the folder that `aceso dataset export` made, and its study.",
    );
  }
}

/** A file of a dataset is not the one its manifest names. */
export class DatasetChangedError extends AcesoError {
  override name = "DatasetChangedError";
  constructor(readonly path: string) {
    super(`${path} was changed since it was exported.`, "Anchor nothing of it: export the dataset anew.");
  }
}
