/**
 * `aceso prescription`: issued by practitioners, routed by patients, filled by pharmacies.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { cancel, issue, prescriptionOf } from "../../medication/prescription.js";
import { route, signRoute } from "../../medication/route.js";
import { now } from "../../signing.js";
import { address, count, end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, jsonText, type NewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, timeText } from "../output.js";
import { reading, signing } from "../session.js";
import {
  type ActingOptions,
  acts,
  carryOut,
  decide,
  decides,
  type DecisionOptions,
  type WriteOptions,
  writes,
} from "../write.js";
import { product } from "./arguments.js";
import { PHARMACY, PRODUCT, WHOLESALER } from "./options.js";
import { fillVerbs } from "./prescriptionFill.js";
import { readSlip, withSlip, type SlipOption } from "./slip.js";

const PATIENT = WHOLESALER;

/** Adds the verbs of prescriptions. */
export function prescriptionVerbs(program: Command, io: Io): void {
  const domain = program.command("prescription").description("issued, routed by the patient, filled");

  acts(domain.command("issue"))
    .description("as a Practitioner, prescribe a product; the slip is for the patient and the pharmacy alone")
    .requiredOption(
      "--patient <address>",
      "the patient's account: a new one for each prescription",
      address("--patient"),
    )
    .requiredOption("--product <product>", "a GTIN, ndc:…, hibcc:… or iccbba:…", product)
    .requiredOption("--doses <count>", "how many in all, in units agreed on with the pharmacy", count)
    .requiredOption("--until <time>", "when it ends", end)
    .requiredOption("--pharmacy <address>", "who fills it, until the patient says otherwise", address("--pharmacy"))
    .requiredOption("--slip <file>", "where the slip goes: a new file")
    .addHelpText(
      "after",
      `\nExample:
  $ aceso prescription issue --patient ${PATIENT} --product ${PRODUCT} \\
      --doses 30 --until 90d --pharmacy ${PHARMACY} --slip slip.json`,
    )
    .action(acting(io, issuePrescription));

  withSlip(domain.command("show"))
    .description("show a prescription as it stands, and what its slip says")
    .addHelpText("after", "\nExample:\n  $ aceso prescription show --slip slip.json")
    .action(acting(io, show));

  withSlip(decides(domain.command("route")))
    .description("as the patient, choose another pharmacy")
    .requiredOption("--pharmacy <address>", "who fills it from now on", address("--pharmacy"))
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso prescription route --slip slip.json --pharmacy ${PHARMACY} --sign route.json`,
    )
    .action(acting(io, routePrescription));

  fillVerbs(domain, io);

  withSlip(writes(domain.command("cancel")))
    .description("as the prescriber, cancel what is left of a prescription")
    .addHelpText("after", "\nExample:\n  $ aceso prescription cancel --slip slip.json")
    .action(acting(io, cancelPrescription));
}

type IssueOptions = ActingOptions &
  SlipOption & { patient: Address; product: string; doses: number; until: Moment; pharmacy: Address };

async function issuePrescription(
  context: Context,
  { as, patient, product, doses, until, pharmacy, ...options }: IssueOptions,
): Promise<void> {
  const aceso = await signing(context);
  const validUntil = until(await now(aceso));
  const terms = { patient, product, doses, validUntil, pharmacy, ...(as && { prescriber: as }) };
  const send = (fill: NewFile["fill"]): Promise<void> =>
    carryOut(context, options, {
      prepare: () => issue(aceso, { ...terms, keep: (slip) => fill(jsonText(slip)) }),
      said: ({ id }) =>
        `Issued prescription ${id}, until ${timeText(validUntil)}. Give ${options.slip} to the patient: it says what was prescribed.`,
      told: ({ id }) => ({ id, patient, doses, validUntil, pharmacy, slip: options.slip }),
    });
  if (options.dryRun) return send(async () => undefined);
  await fillingFile(context.io, options.slip, send);
}

async function show(context: Context, options: SlipOption): Promise<void> {
  const { id, prescription, opening } = await readSlip(context.io, options);
  const state = await prescriptionOf(await reading(context), id);
  if (state === undefined) throw new PrescriptionNotIssuedError();
  const { doses, validUntil, patient, prescriber } = prescription;
  const { pharmacy, filled, cancelled } = state;
  const lines = [
    `Prescription ${id}${cancelled ? ", cancelled" : ""}`,
    `product     ${opening.product}`,
    `doses       ${filled} of ${doses} dispensed, until ${timeText(validUntil)}`,
    `patient     ${patient}`,
    `prescriber  ${prescriber}`,
    `pharmacy    ${pharmacy}`,
  ];
  const told = { ...prescription, ...state, product: opening.product, commitment: prescription.product };
  answer(context, { id, ...told }, lines.join("\n"));
}

async function routePrescription(
  context: Context,
  { pharmacy, ...options }: SlipOption & DecisionOptions & { pharmacy: Address },
): Promise<void> {
  const { id, prescription } = await readSlip(context.io, options);
  const aceso = await signing(context);
  await decide(context, aceso, options, {
    prepare: () => route(aceso, { prescription, pharmacy }),
    sign: (deadline) => signRoute(aceso, { prescription, pharmacy, ...deadline }),
    said: () => `${pharmacy} fills the prescription from now on: give it the slip.`,
    told: () => ({ id, pharmacy }),
  });
}

async function cancelPrescription(context: Context, options: SlipOption & WriteOptions): Promise<void> {
  const { id, prescription } = await readSlip(context.io, options);
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => cancel(aceso, { prescription }),
    said: () => `Cancelled prescription ${id}.`,
    told: () => ({ id }),
  });
}

/** A slip's prescription is not on the chain. */
export class PrescriptionNotIssuedError extends AcesoError {
  override name = "PrescriptionNotIssuedError";
  constructor() {
    super("This prescription was not issued on this chain.", "Check --rpc and --deployment; do not fill it otherwise.");
  }
}
