/**
 * `aceso product`: which products are authorised, to whom, and which are short.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { AVAILABILITIES, PRODUCT_KINDS, type Availability, type ProductKind } from "../../medication/codes.js";
import {
  authorise,
  productOf,
  products,
  setAvailability,
  supplyOf,
  withdraw,
  type ProductAuthorisation,
} from "../../medication/product.js";
import { now } from "../../signing.js";
import { address, end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading, signing } from "../session.js";
import { type ActingOptions, acts, carryOut } from "../write.js";
import { oneOf, product } from "./arguments.js";
import { PRODUCT, WHOLESALER } from "./options.js";

/** Adds the verbs of products. */
export function productVerbs(program: Command, io: Io): void {
  const domain = program.command("product").description("which products are authorised, and which are short");

  ofProduct(acts(domain.command("authorise")))
    .description("as a Regulator, authorise a manufacturer to make a product, or replace its authorisation")
    .requiredOption("--manufacturer <address>", "who may commission batches of it", address("--manufacturer"))
    .requiredOption("--until <time>", "when the authorisation ends", end)
    .option("--kind <kind>", PRODUCT_KINDS.join(", "), oneOf(PRODUCT_KINDS), "drug")
    .option("--prescription-only", "it is dispensed on prescription only")
    .option("--cold-chain", "it must be kept cold all the way")
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso product authorise ${PRODUCT} --manufacturer ${WHOLESALER} --until 2035-12-31`,
    )
    .action(acting(io, authoriseProduct));

  ofProduct(acts(domain.command("withdraw")))
    .description("as a Regulator, withdraw a product's authorisation: no further batch is commissioned")
    .addHelpText("after", `\nExample:\n  $ aceso product withdraw ndc:0001-0123-45`)
    .action(acting(io, withdrawProduct));

  ofProduct(acts(domain.command("availability")))
    .description("as its manufacturer or a Regulator, say how well a product can be had")
    .argument("<availability>", AVAILABILITIES.join(", "), oneOf(AVAILABILITIES))
    .option("--expected-end <time>", "when the shortage is expected to end", end)
    .addHelpText("after", `\nExample:\n  $ aceso product availability ${PRODUCT} limited --expected-end 90d`)
    .action(acting(io, announce));

  ofProduct(domain.command("show"))
    .description("show a product's authorisation and supply")
    .addHelpText("after", `\nExample:\n  $ aceso product show ${PRODUCT}`)
    .action(acting(io, show));

  domain
    .command("list")
    .description("list every product that was ever authorised")
    .addHelpText("after", "\nExample:\n  $ aceso product list")
    .action(acting(io, list));
}

/** Adds the argument that names a product. */
export function ofProduct(command: Command): Command {
  return command.argument("<product>", "a GTIN, ndc:…, hibcc:… or iccbba:…", product);
}

type AuthoriseOptions = ActingOptions & {
  manufacturer: Address;
  until: Moment;
  kind: ProductKind;
  prescriptionOnly?: boolean;
  coldChain?: boolean;
};

async function authoriseProduct(
  context: Context,
  product: string,
  { as, until, manufacturer, kind, prescriptionOnly = false, coldChain = false, ...options }: AuthoriseOptions,
): Promise<void> {
  const aceso = await signing(context);
  const terms = { manufacturer, until: until(await now(aceso)), kind, prescriptionOnly, coldChain };
  await carryOut(context, options, {
    prepare: () => authorise(aceso, { product, ...terms, ...(as && { regulator: as }) }),
    said: () => `Authorised ${manufacturer} to make ${product} until ${timeText(terms.until)}.`,
    told: () => ({ product, ...terms }),
  });
}

async function withdrawProduct(context: Context, product: string, { as, ...options }: ActingOptions): Promise<void> {
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => withdraw(aceso, { product, ...(as && { regulator: as }) }),
    said: () => `Withdrew the authorisation of ${product}; batches on the market are stopped by a hold or a recall.`,
    told: () => ({ product }),
  });
}

async function announce(
  context: Context,
  product: string,
  availability: Availability,
  { as, expectedEnd: ends, ...options }: ActingOptions & { expectedEnd?: Moment },
): Promise<void> {
  const aceso = await signing(context);
  const expectedEnd = ends?.(await now(aceso));
  const supply = { availability, ...(expectedEnd !== undefined && { expectedEnd }) };
  await carryOut(context, options, {
    prepare: () => setAvailability(aceso, { product, ...supply, ...(as && { organisation: as }) }),
    said: () => `${product} is ${supplyText(supply)}.`,
    told: () => ({ product, ...supply }),
  });
}

async function show(context: Context, product: string): Promise<void> {
  const aceso = await reading(context);
  const [authorisation, supply] = await Promise.all([productOf(aceso, product), supplyOf(aceso, product)]);
  if (authorisation === undefined) throw new ProductNotAuthorisedError();
  const { manufacturer, until } = authorisation;
  const lines = [
    `${product}: ${kindText(authorisation)}`,
    `manufacturer  ${manufacturer}`,
    `authorised    until ${timeText(until)}`,
    `supply        ${supplyText(supply)}`,
  ];
  answer(context, { product, ...authorisation, ...supply }, lines.join("\n"));
}

async function list(context: Context): Promise<void> {
  const found = await products(await reading(context));
  const rows = found.map((each) => [each.product, kindText(each), each.manufacturer, timeText(each.until)]);
  answer(
    context,
    found,
    tableOf(["product", "kind", "manufacturer", "authorised until"], rows, "No product was authorised."),
  );
}

function kindText({ kind, prescriptionOnly, coldChain }: ProductAuthorisation): string {
  return [kind, ...(prescriptionOnly ? ["prescription only"] : []), ...(coldChain ? ["cold chain"] : [])].join(", ");
}

function supplyText({ availability, expectedEnd }: { availability: Availability; expectedEnd?: number }): string {
  return expectedEnd === undefined ? availability : `${availability}, expected to end ${timeText(expectedEnd)}`;
}

/** A product was never authorised. */
export class ProductNotAuthorisedError extends AcesoError {
  override name = "ProductNotAuthorisedError";
  constructor() {
    super("This product was never authorised.", "Check its number; `aceso product list` has every product.");
  }
}
