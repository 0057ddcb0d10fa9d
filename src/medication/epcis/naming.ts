/**
 * The EPCs of what the ledger names by ids, as Digital Links.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { fromBytes32 } from "../../gs1/characters.js";
import { digitalLink } from "../../gs1/digitalLink.js";
import { isParcel, sgtinLabel, type Container, type Parcel } from "../item.js";
import { itemsById } from "../lineage.js";
import { serialOf, type SerialTree } from "../tree.js";
import type { LedgerHistory } from "./ledgerHistory.js";

/** Names goods. */
export type Naming = {
  /** Of each unit of a parcel, or of a container. */
  ofItem: (id: Hex) => string[];
  ofUnit: (number: number) => string;
  /** Of the lot as a class. */
  ofLot: string;
};

/** What names are made of. */
export type NamingOptions = {
  gtin: string;
  lot: string;
  tree: SerialTree;
  cases: readonly { gtin: string; serial: string }[];
};

/** @throws {@link UnknownLabelError} with all labels of containers that are those of no case given and no SSCC. */
export async function namingOf(
  aceso: Aceso,
  { parcels, happenings }: LedgerHistory,
  { gtin, lot, tree, cases }: NamingOptions,
): Promise<Naming> {
  const ids = happenings.flatMap(({ item, container }) => [item, container]);
  const containers = await itemsById(
    aceso,
    [...new Set(ids)].filter((id) => id !== undefined && !parcels.has(id)) as Hex[],
  );
  const linkOfCase = new Map(cases.map((each) => [sgtinLabel(each), digitalLink(each)]));
  const linkOf = ({ label }: Container) => linkOfCase.get(label) ?? linkOfSscc(label);
  const labels = [...containers.values()].filter((item) => !isParcel(item)) as Container[];
  const unknown = labels.filter((container) => linkOf(container) === undefined).map(({ label }) => label);
  if (unknown.length > 0) throw new UnknownLabelError([...new Set(unknown)]);
  const ofUnit = (number: number) => digitalLink({ gtin, serial: serialOf(tree, number) });
  const ofParcel = ({ first, count }: Parcel) => Array.from({ length: count }, (_, place) => ofUnit(first + place));
  return {
    ofUnit,
    ofLot: digitalLink({ gtin, lot }),
    ofItem: (id) => {
      const item = parcels.get(id) ?? containers.get(id)!;
      return isParcel(item) ? ofParcel(item) : [linkOf(item)!];
    },
  };
}

function linkOfSscc(label: Hex): string | undefined {
  try {
    const [, sscc] = /^sscc:(.*)$/.exec(fromBytes32(label)) ?? [];
    return sscc && digitalLink({ sscc });
  } catch {
    return undefined;
  }
}

/** Containers are labelled by hashes of SGTINs that were not given. */
export class UnknownLabelError extends AcesoError {
  override name = "UnknownLabelError";
  constructor(readonly labels: readonly Hex[]) {
    super(
      `${labels.length} of the containers are labelled by the hash of an SGTIN that is none of the cases given.`,
      "Give the GTIN and serial number of every case, such as the `cases` of the plan they were imported with.",
    );
  }
}
