/**
 * Verification of containers: whose they are, what is inside, and the worst known of it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { Container } from "./item.js";
import { contentsOf, parcelsAmong, type Inside } from "./lineage.js";
import { standingsOf, type BatchStanding } from "./standing.js";
import { batchFindings, custodyFindings, judged, type Finding, type FindingName, type Verdict } from "./verdict.js";
import { whereaboutsOf, type Whereabouts } from "./whereabouts.js";

/** What is known of a container. */
export type ContainerAnswer = ContainerScan & {
  kind: "container";
  /** The worst of the findings; `genuine` when there are none. */
  verdict: Verdict;
  /** Everything that is wrong or not known, the worst first, of the containers and of what is inside. */
  findings: Finding[];
  /** The containers that bear the label now: one, unless somebody took another's label. */
  containers: ContainerStanding[];
};

/** A container as it stands. */
export type ContainerStanding = {
  id: Hex;
  /** Who packed it first. */
  packer: Address;
  /** What is printed on it, as on chain. */
  label: Hex;
  custody: Whereabouts;
  /** The batches that may be inside. */
  batches: BatchStanding[];
  /** Everything inside, at any depth. */
  contents: Inside[];
  /** How many units are inside. */
  units: number;
};

/** How a container was named: by its SSCC, or by the GTIN and serial of a case. */
export type ContainerScan = { sscc: string } | { gtin: string; serial: string };

/**
 * The answer about the containers that ever bore a label.
 *
 * @param options.now Unix seconds.
 */
export async function verifyContainers(
  aceso: Aceso,
  labelled: readonly (Container & { id: Hex })[],
  { now, ...scan }: ContainerScan & { now: number },
): Promise<ContainerAnswer> {
  const all = await Promise.all(labelled.map((container) => containerStanding(aceso, container)));
  const containers = all.filter(({ custody }) => custody.status !== "none");
  const names = containers.flatMap(({ custody, batches }) => [
    ...custodyFindings(custody),
    ...batches.flatMap((standing) => batchFindings(standing, now)),
  ]);
  return { kind: "container", ...judged([...labelFindings(all, containers), ...names]), ...scan, containers };
}

function labelFindings(all: readonly unknown[], now: readonly unknown[]): FindingName[] {
  if (all.length === 0) return ["ContainerUnknown"];
  if (now.length === 0) return ["ContainerEmptied"];
  return now.length > 1 ? ["LabelTwice"] : [];
}

async function containerStanding(aceso: Aceso, { id, packer, label, batches }: Container & { id: Hex }) {
  const [custody, contents, standings] = await Promise.all([
    whereaboutsOf(aceso, id),
    contentsOf(aceso, [id]),
    standingsOf(aceso, batches),
  ]);
  const units = parcelsAmong(contents).reduce((sum, { count }) => sum + count, 0);
  return { id, packer, label, custody, batches: [...standings.values()], contents, units };
}
