/**
 * Studies' salts in files. That of the protocol is secret; each form's is told in its announcement, too.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { newStudySalts, type StudySalts } from "../../research/announcement.js";
import { jsonText, readText, replaceFile, STANDARD, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { UsageError } from "../usage.js";

/** What stands for a new file of salts. */
export const NEW = "new";

/** What the file holds: the salts of a study, and of every form it had, the latest last. */
type StudySecret = { study: string; protocol: Hex; forms: Hex[] };

/** The salts to seal with, the file they are in, and what writes them there. */
export type SaltsFile = { salts: StudySalts; secretFile: string; keep: () => Promise<void> };

/**
 * The salts to propose a study with: new ones, or those of a file.
 *
 * @param wanted.path the study file, beside which new salts go.
 * @param wanted.named the file, or {@link NEW}.
 * @param wanted.amends whether the form gets a salt of its own, which is put into the file.
 * @throws {@link UsageError}; {@link InputFileError}; {@link StudySecretFileError}.
 */
export async function saltsFor(
  io: Io,
  { path, named, study, amends }: { path: string; named: string; study: string; amends: boolean },
): Promise<SaltsFile> {
  const fresh = newStudySalts();
  if (named === NEW) {
    const secretFile = besideStudy(path, "secret");
    const secret: StudySecret = { study, protocol: fresh.protocol, forms: [fresh.form] };
    return { salts: fresh, secretFile, keep: () => writeNewFile(io, secretFile, jsonText(secret)) };
  }
  const secret = await readSecret(io, named, study);
  const { protocol, forms } = secret;
  if (!amends) return { salts: { protocol, form: forms.at(-1)! }, secretFile: named, keep: async () => undefined };
  const amended: StudySecret = { study, protocol, forms: [...forms, fresh.form] };
  return {
    salts: { protocol, form: fresh.form },
    secretFile: named,
    keep: () => replaceFile(io, named, jsonText(amended)),
  };
}

/**
 * The salt of a study's protocol, from the file of its sponsor.
 *
 * @throws {@link InputFileError}; {@link StudySecretFileError}.
 */
export async function protocolSaltIn(io: Io, path: string, study: string): Promise<Hex> {
  return (await readSecret(io, path, study)).protocol;
}

/**
 * The name of a file beside a study file: `study.json` has `study.secret.json` and `study.announcement.json`.
 *
 * @throws {@link UsageError} when the study comes from stdin.
 */
export function besideStudy(path: string, what: "secret" | "announcement"): string {
  if (path === STANDARD) {
    throw new UsageError(`A study from stdin has no place beside it for its ${what}.`, "Save the study in a file.");
  }
  return `${path.replace(/\.json$/, "")}.${what}.json`;
}

async function readSecret(io: Io, path: string, study: string): Promise<StudySecret> {
  const secret = parsed(await readText(io, path));
  const { protocol, forms } = secret;
  const isWhole = isHexString(protocol, 32) && Array.isArray(forms) && forms.length > 0;
  if (secret.study !== study || !isWhole || !forms.every((form) => isHexString(form, 32))) {
    throw new StudySecretFileError(path, study);
  }
  return secret as StudySecret;
}

function parsed(text: string): Partial<StudySecret> {
  try {
    return (JSON.parse(text) as Partial<StudySecret> | null) ?? {};
  } catch {
    return {};
  }
}

/** A file holds no salts of a study. */
export class StudySecretFileError extends AcesoError {
  override name = "StudySecretFileError";
  constructor(
    readonly path: string,
    readonly study: string,
  ) {
    super(
      `${path} holds no salts of study ${study}.`,
      "Pass the file that `aceso study propose --secret new` wrote for this study.",
    );
  }
}
