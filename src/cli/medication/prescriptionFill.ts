/**
 * `aceso prescription fill`, `return` and `service`: a pharmacy's part.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { setService } from "../../medication/dispense.js";
import { fill, returnToStock } from "../../medication/prescription.js";
import { address, count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { type ActingOptions, acts, carryOut, type WriteOptions, writes } from "../write.js";
import { LOT, PRODUCT } from "./options.js";
import { findPack, ofPack, type NamedPack, type PackOptions } from "./pack.js";
import { readSlip, withSlip, type SlipOption } from "./slip.js";

const EXAMPLE = `'(01)${PRODUCT}(10)${LOT}(21)7Q2M9VXK4TRC' --slip slip.json --tree shipment.tree.json --doses 30`;

type FillOptions = SlipOption & PackOptions & { doses: number };

/** Adds the verbs of pharmacies. */
export function fillVerbs(domain: Command, io: Io): void {
  ofFill(writes(domain.command("fill")))
    .description("as the pharmacy it is routed to, dispense a pack on a prescription")
    .addHelpText("after", `\nExample:\n  $ aceso prescription fill ${EXAMPLE}`)
    .action(acting(io, fillPrescription));

  ofFill(acts(domain.command("return")))
    .description("take back to stock the pack of the last fill, which was never collected")
    .addHelpText("after", `\nExample:\n  $ aceso prescription return ${EXAMPLE}`)
    .action(acting(io, returnPack));

  writes(domain.command("service"))
    .description("as a pharmacy, let the prescription registry dispense from its stock, so that it can fill")
    .option("--service <address>", "another prescription service than the deployment's", address("--service"))
    .option("--remove", "no longer")
    .addHelpText("after", "\nExample:\n  $ aceso prescription service")
    .action(acting(io, allow));
}

function ofFill(command: Command): Command {
  return withSlip(ofPack(command)).requiredOption("--doses <count>", "how many doses the pack counts for", count);
}

async function fillPrescription(
  context: Context,
  named: NamedPack,
  { doses, ...options }: FillOptions & WriteOptions,
): Promise<void> {
  const { id, prescription, opening } = await readSlip(context.io, options);
  const aceso = await signing(context);
  const { batch, parcel, tree, serial, name } = await findPack(context, aceso, named, options);
  await carryOut(context, options, {
    prepare: () => fill(aceso, { prescription, opening, doses, lot: batch.lot, parcel, tree, serial }),
    said: () => `Dispensed ${name} for ${doses} of the prescription's doses.`,
    told: () => ({ id, doses, batch: parcel.batch, serial, parcel }),
  });
}

async function returnPack(
  context: Context,
  named: NamedPack,
  { as, doses, ...options }: FillOptions & ActingOptions,
): Promise<void> {
  const { id, prescription, opening } = await readSlip(context.io, options);
  const aceso = await signing(context);
  const { batch, parcel, tree, serial, name } = await findPack(context, aceso, named, options);
  await carryOut(context, options, {
    prepare: () =>
      returnToStock(aceso, {
        ...{ prescription, opening, doses, lot: batch.lot, parcel, tree, serial },
        ...(as && { pharmacy: as }),
      }),
    said: () => `Took ${name} back to stock; its ${doses} doses are the patient's again.`,
    told: () => ({ id, doses, batch: parcel.batch, serial, parcel }),
  });
}

async function allow(
  context: Context,
  { service: named, remove = false, ...options }: WriteOptions & { service?: Address; remove?: boolean },
): Promise<void> {
  const aceso = await signing(context);
  const service = named ?? aceso.deployment.prescriptionRegistry;
  await carryOut(context, options, {
    prepare: () => setService(aceso, { service, allowed: !remove }),
    said: () => `${service} ${remove ? "no longer dispenses" : "dispenses"} from the stock of ${aceso.account}.`,
    told: () => ({ pharmacy: aceso.account, service, allowed: !remove }),
  });
}
