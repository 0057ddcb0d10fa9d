/**
 * Who is who: the accounts and roles behind the GLNs of EPCIS events.
 *
 * @module
 */
import { toAddress, type Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { digitalLink } from "../../gs1/digitalLink.js";
import { parseEpc } from "../../gs1/epc.js";
import { toGln } from "../../gs1/gln.js";
import type { TradingRole } from "../handover.js";

/** An organisation on the ledger, and the role it trades in. */
export type TradingParty = { account: Address; role: TradingRole };

/**
 * Parties by where they are: a GLN of 13 digits, an SGLN or PGLN in EPC URN form, or a Digital Link. A location with
 * extensions stands for all of them that are not named themselves.
 *
 * @example
 * { "urn:epc:id:sgln:030001.111111.0": { account: "0x…", role: "Manufacturer" }, "0399999999991": { … } }
 */
export type PartyBook = Readonly<Record<string, { account: string; role: string }>>;

/** A party book, checked. */
export type Parties = {
  /** The party at a location or party identifier of an event; undefined when the book has none. */
  at: (uri: string) => TradingParty | undefined;
  /** An account with its role; undefined when the book has none. */
  of: (account: Address) => TradingParty | undefined;
  /** The identifier of an account in EPCIS documents, a URI; undefined when the book has none. */
  uriOf: (account: Address) => string | undefined;
};

/**
 * Reads a party book.
 *
 * @throws {@link MalformedPartyError} with the entries that name no GLN, no account or no role.
 */
export function readParties(book: PartyBook): Parties {
  const byPlace = new Map<string, TradingParty>();
  const byAccount = new Map<Address, { party: TradingParty; uri: string }>();
  const malformed: string[] = [];
  for (const [uri, entry] of Object.entries(book)) {
    const place = placeOf(uri);
    const party = partyOf(entry);
    if (place === undefined || party === undefined) {
      malformed.push(uri);
      continue;
    }
    byPlace.set(place, party);
    if (!byAccount.has(party.account)) byAccount.set(party.account, { party, uri: uriOfGln(uri) });
  }
  if (malformed.length > 0) throw new MalformedPartyError(malformed);
  return {
    at: (uri) => {
      const place = placeOf(uri);
      return place === undefined ? undefined : (byPlace.get(place) ?? byPlace.get(place.slice(0, GLN_DIGITS)));
    },
    of: (account) => byAccount.get(account)?.party,
    uriOf: (account) => byAccount.get(account)?.uri,
  };
}

const GLN_DIGITS = 13;
const ROLES: readonly TradingRole[] = ["Manufacturer", "Distributor", "Pharmacy", "Provider"];

// A GLN, and what is behind it when it is a place within a location.
function placeOf(uri: string): string | undefined {
  try {
    if (/^\d+$/.test(uri)) return toGln(uri);
    const { gln, glnExtension = "", partyGln } = parseEpc(uri);
    return partyGln ?? (gln && gln + glnExtension);
  } catch {
    return undefined;
  }
}

function partyOf(entry: PartyBook[string]): TradingParty | undefined {
  try {
    const role = ROLES.find((name) => name === entry.role);
    return role && { account: toAddress(entry.account), role };
  } catch {
    return undefined;
  }
}

function uriOfGln(uri: string): string {
  return /^\d+$/.test(uri) ? digitalLink({ gln: uri }) : uri;
}

/** Entries of a party book cannot be read. */
export class MalformedPartyError extends AcesoError {
  override name = "MalformedPartyError";
  constructor(
    /** Their keys. */
    readonly entries: readonly string[],
  ) {
    super(
      `These entries of the party book name no GLN, no account or no role: ${entries.join(", ")}.`,
      `Key each by a GLN, SGLN or PGLN, with an account 0x… and one of the roles ${ROLES.join(", ")}.`,
    );
  }
}

/** Parties are missing from the party book. */
export class UnknownPartyError extends AcesoError {
  override name = "UnknownPartyError";
  constructor(
    /** Every one of them: as the events name it, or an account. */
    readonly parties: readonly string[],
  ) {
    super(
      `The party book has no entry for ${parties.join(", ")}.`,
      "Add each with its account and the role it is licensed in.",
    );
  }
}
