/**
 * Contributions in files: records a participant chose, with the consent where one is needed, for anybody to send.
 *
 * @module
 */
import type { GrantMessage } from "../../consent/consent.js";
import { DATA_CATEGORIES } from "../../consent/category.js";
import { GRANT } from "../../consent/messages.js";
import { AcesoError } from "../../errors.js";
import type { Contribution } from "../../research/credit.js";
import { formOf, listed, members, type FormProblem } from "../../form/form.js";
import type { Signed } from "../../signing.js";
import { parseSigned } from "../signedMessage.js";

/** What the file holds. */
export type ContributionFile = { contributions: Contribution[]; consent?: Signed<GrantMessage> };

const word = { type: "string", pattern: "^0x[0-9a-f]{64}$", description: "0x and 64 hex digits" };
const address = { type: "string", pattern: "^0x[0-9a-fA-F]{40}$", description: "an address: 0x and 40 hex digits" };

const key = members("a record's key: patient, author and commitment", {
  patient: address,
  author: address,
  commitment: word,
});
const root = members("where the record stands under a root", {
  root: word,
  digest: word,
  proof: { type: "array", maxItems: 64, items: word, description: "a list of digests" },
});
const categories = {
  type: "array",
  minItems: 1,
  uniqueItems: true,
  items: { enum: DATA_CATEGORIES, description: "a data category" },
  description: "a list of data categories",
};
const contribution = members("a contribution", { study: word, record: word, key, categories, salt: word, root }, [
  "root",
]);

const problemsOf = formOf(
  members(
    "contributions: an object with contributions and, where it is needed, a consent",
    {
      contributions: { type: "array", minItems: 1, items: contribution, description: "a list of contributions" },
      consent: { type: "object", description: "a signed consent" },
    },
    ["consent"],
  ),
);

/** Whether a value is meant to be a file of contributions. */
export function isContributionFile(json: unknown): boolean {
  return typeof json === "object" && json !== null && "contributions" in json;
}

/**
 * Contributions from what their file says.
 *
 * @throws {@link ContributionFileError}; for the consent {@link SignedMessageTypeError},
 * {@link SignedMessageMalformedError}.
 */
export function contributionsFrom(json: unknown): ContributionFile {
  const problems = problemsOf(json);
  if (problems.length > 0) throw new ContributionFileError(problems);
  const { contributions, consent } = json as ContributionFile;
  const [{ study }] = contributions as [Contribution];
  const other = contributions.findIndex((each) => each.study !== study);
  if (other !== -1) {
    throw new ContributionFileError([
      { path: `/contributions/${other}/study`, problem: "is another one than the first" },
    ]);
  }
  return { contributions, ...(consent && { consent: parseSigned<GrantMessage>(consent, [{ types: GRANT }]) }) };
}

/** A file of contributions cannot be used. */
export class ContributionFileError extends AcesoError {
  override name = "ContributionFileError";
  constructor(readonly problems: readonly FormProblem[]) {
    super(
      `The contributions cannot be used: ${listed(problems, "the file")}.`,
      "Pass the file as `aceso study contribute --sign` wrote it.",
    );
  }
}
