/**
 * `aceso parcel ship`, `receive`, `reject` and `cancel`: handovers between licensed partners.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { cancelShipment, receive, reject, ship, type TradingRole } from "../../medication/handover.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut } from "../write.js";
import { oneOf, TRADING_ROLES, type NamedItem } from "./arguments.js";
import { findItems } from "./items.js";
import { PHARMACY, WHOLESALER } from "./options.js";
import { names, onItems, PARCEL, SSCC, told, type ItemOptions } from "./parcelOptions.js";

const ROLES = TRADING_ROLES.join(", ");

/** Adds the verbs of handovers. */
export function handoverVerbs(domain: Command, io: Io): void {
  withDocument(onItems(domain.command("ship")), "document", "the shipping document")
    .description("ship items to a licensed partner; they stay the sender's to answer for until received")
    .requiredOption("--to <address>", "the consignee", address("--to"))
    .requiredOption("--role <role>", `what the consignee is licensed as: ${ROLES}`, oneOf(TRADING_ROLES))
    .requiredOption("--from-role <role>", "what the sender is licensed as", oneOf(TRADING_ROLES))
    .addHelpText(
      "after",
      `\nExample:
  $ aceso parcel ship ${PARCEL} ${SSCC} --to ${PHARMACY} --role Pharmacy \\
      --from-role Distributor --document despatch.json`,
    )
    .action(acting(io, shipItems));

  onItems(domain.command("receive"))
    .description("receive shipped items into custody")
    .requiredOption("--from <address>", "the sender", address("--from"))
    .requiredOption("--role <role>", `what the receiver is licensed as: ${ROLES}`, oneOf(TRADING_ROLES))
    .addHelpText("after", `\nExample:\n  $ aceso parcel receive ${PARCEL} --from ${WHOLESALER} --role Pharmacy`)
    .action(acting(io, receiveItems));

  onItems(domain.command("reject"))
    .description("refuse shipped items; they are the sender's again")
    .requiredOption("--from <address>", "the sender", address("--from"))
    .addHelpText("after", `\nExample:\n  $ aceso parcel reject ${PARCEL} --from ${WHOLESALER}`)
    .action(acting(io, rejectItems));

  onItems(domain.command("cancel"))
    .description("take a shipment back before it is received")
    .requiredOption("--to <address>", "the consignee", address("--to"))
    .addHelpText("after", `\nExample:\n  $ aceso parcel cancel ${PARCEL} --to ${PHARMACY}`)
    .action(acting(io, cancelItems));
}

type ShipOptions = ItemOptions & { to: Address; role: TradingRole; fromRole: TradingRole; document: string };

async function shipItems(
  context: Context,
  named: readonly NamedItem[],
  { as, to, role: toRole, fromRole, document: path, ...options }: ShipOptions,
): Promise<void> {
  const document = await digestOf(context.io, path);
  const aceso = await signing(context);
  const from = as ?? aceso.account;
  const found = await findItems(aceso, named, options);
  const items = found.map(({ item }) => item);
  await carryOut(context, options, {
    prepare: () => ship(aceso, { items, from, fromRole, to, toRole, document }),
    said: () => `Shipped ${names(found)} to ${to}. Document ${document}.`,
    told: () => ({ items: told(found), from, to, document }),
  });
}

async function receiveItems(
  context: Context,
  named: readonly NamedItem[],
  { as, from, role, ...options }: ItemOptions & { from: Address; role: TradingRole },
): Promise<void> {
  const aceso = await signing(context);
  const to = as ?? aceso.account;
  const found = await findItems(aceso, named, options);
  const items = found.map(({ id }) => id);
  await carryOut(context, options, {
    prepare: () => receive(aceso, { items, from, to, role }),
    said: () => `Received ${names(found)} from ${from}.`,
    told: () => ({ items: told(found), from, to }),
  });
}

async function rejectItems(
  context: Context,
  named: readonly NamedItem[],
  { as, from, ...options }: ItemOptions & { from: Address },
): Promise<void> {
  const aceso = await signing(context);
  const to = as ?? aceso.account;
  const found = await findItems(aceso, named, options);
  const items = found.map(({ id }) => id);
  await carryOut(context, options, {
    prepare: () => reject(aceso, { items, from, to }),
    said: () => `Rejected ${names(found)}, which ${from} answers for again.`,
    told: () => ({ items: told(found), from, to }),
  });
}

async function cancelItems(
  context: Context,
  named: readonly NamedItem[],
  { as, to, ...options }: ItemOptions & { to: Address },
): Promise<void> {
  const aceso = await signing(context);
  const from = as ?? aceso.account;
  const found = await findItems(aceso, named, options);
  const items = found.map(({ id }) => id);
  await carryOut(context, options, {
    prepare: () => cancelShipment(aceso, { items, from, to }),
    said: () => `Took ${names(found)} back; ${to} can no longer receive it.`,
    told: () => ({ items: told(found), from, to }),
  });
}
