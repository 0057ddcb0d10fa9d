/**
 * The words of GS1's Core Business Vocabulary 2.0 that EPCIS events use, in all the forms they are written in.
 *
 * @module
 */

type Vocabulary = { prefix: RegExp; names: readonly string[] };

const vocabulary = (urn: string, web: string, names: string): Vocabulary => ({
  prefix: new RegExp(`^(?:urn:epcglobal:cbv:${urn}:|https?://(?:ref|ns)\\.gs1\\.org/cbv/${web}-|cbv:${web}-)`),
  names: names.split(" "),
});

/** Business steps (CBV 7.1). */
export const BIZ_STEPS = vocabulary(
  "bizstep",
  "BizStep",
  "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting " +
    "decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting " +
    "installing killing loading other packing picking receiving removing repackaging repairing replacing reserving " +
    "retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting " +
    "unloading unpacking void_shipping",
);

/** Dispositions (CBV 7.2). */
export const DISPOSITIONS = vocabulary(
  "disp",
  "Disp",
  "active available completeness_inferred completeness_verified conformant container_closed container_open damaged " +
    "destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance " +
    "mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed " +
    "recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown",
);

/** Types of business transaction (CBV 7.3). */
export const TRANSACTION_TYPES = vocabulary(
  "btt",
  "BTT",
  "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
);

/** Types of source and destination (CBV 7.4). */
export const PARTY_TYPES = vocabulary("sdt", "SDT", "location owning_party possessing_party");

/** Reasons an event is declared wrong (CBV 7.5). */
export const ERROR_REASONS = vocabulary("er", "ER", "did_not_occur incorrect_data");

/** A word without the prefix of its vocabulary; a word of another vocabulary as it is. */
export function bareWord({ prefix }: Vocabulary, word: string): string {
  return word.replace(prefix, "");
}

/** A JSON schema for one of a vocabulary's words in any form, or a URI of another vocabulary. */
export function wordSchema({ prefix, names }: Vocabulary): object {
  const forms = prefix.source.slice(1);
  return {
    type: "string",
    anyOf: [
      { pattern: `^${forms}?(?:${names.join("|")})$` },
      // All else in GS1's own namespaces would be a word GS1 never defined.
      { format: "uri", pattern: "^(?!urn:epcglobal:cbv|https?://(?:ref|ns)\\.gs1\\.org/cbv/|cbv:)" },
    ],
  };
}
