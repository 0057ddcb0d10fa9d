/**
 * Products: which are authorised, to whom, and which are short.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import { fromBytes32 } from "../gs1/characters.js";
import { productId, type Product } from "../gs1/productId.js";
import { prepare, type Prepared } from "../prepare.js";
import { AVAILABILITIES, codeOf, PRODUCT_KINDS, type Availability, type ProductKind } from "./codes.js";
import { nameAt } from "./states.js";

/** A product's marketing authorisation. */
export type ProductAuthorisation = {
  /** Who may commission batches of it. */
  manufacturer: Address;
  /** The first second no batch can be commissioned any more, in Unix seconds. */
  until: number;
  kind: ProductKind;
  /** Whether it is dispensed on prescription only; an investigational product always is. */
  prescriptionOnly: boolean;
  /** Whether it must be kept cold all the way. */
  coldChain: boolean;
};

/** A product, and its authorisation. */
export type AuthorisedProduct = ProductAuthorisation & {
  /** As {@link productId} takes it, such as `gtin:00300010123455`; in hex when it is no text. */
  product: string;
};

/** A product's supply, as last announced. */
export type Supply = {
  availability: Availability;
  /** When a shortage is expected to end, in Unix seconds; left out when nobody knows. */
  expectedEnd?: number;
};

/**
 * Prepares the authorisation of a product, or its replacement; batches already commissioned stay as they are.
 *
 * @example
 * const terms = { manufacturer, until, kind: "drug", prescriptionOnly: true, coldChain: false } as const;
 * await authorise(aceso, { product: { gtin: "00300010123455" }, ...terms }).send();
 *
 * @param regulator the licensed Regulator the connection's account is, or acts for.
 * @throws what {@link productId} throws; on sending {@link ContractError} `ProductUnauthorized`, `ProductEndPast`,
 * `ProductManufacturerUnlicensed` or `ProductNeedsPrescription`.
 */
export function authorise(
  aceso: Aceso,
  {
    product,
    regulator = accountOf(aceso),
    ...terms
  }: ProductAuthorisation & { product: Product | string; regulator?: Address },
): Prepared {
  const { products } = aceso.contracts;
  const { until, prescriptionOnly, coldChain } = terms;
  const manufacturer = toAddress(terms.manufacturer);
  const authorisation = { manufacturer, until, kind: codeOf(PRODUCT_KINDS, terms.kind), prescriptionOnly, coldChain };
  const call = [productId(product), authorisation, toAddress(regulator)] as const;
  return prepare(aceso, products, products.interface.encodeFunctionData("authorise", [...call]));
}

/**
 * Prepares the withdrawal of a product's authorisation: no further batch is commissioned. What is on the market is
 * stopped by a hold or a recall.
 *
 * @param regulator the licensed Regulator the connection's account is, or acts for.
 * @throws what {@link productId} throws; on sending {@link ContractError} `ProductUnauthorized` or `ProductUnknown`.
 */
export function withdraw(
  aceso: Aceso,
  { product, regulator = accountOf(aceso) }: { product: Product | string; regulator?: Address },
): Prepared {
  const { products } = aceso.contracts;
  const call = [productId(product), toAddress(regulator)] as const;
  return prepare(aceso, products, products.interface.encodeFunctionData("withdraw", [...call]));
}

/**
 * Prepares the announcement of a shortage, of its expected end, or that it is over.
 *
 * @param organisation the product's manufacturer, or a licensed Regulator, that the connection's account is or acts for.
 * @throws what {@link productId} throws; on sending {@link ContractError} `ProductUnauthorized`, `ProductUnknown` or
 * `AvailabilityEndInvalid`.
 */
export function setAvailability(
  aceso: Aceso,
  {
    product,
    availability,
    expectedEnd = 0,
    organisation = accountOf(aceso),
  }: Supply & { product: Product | string; organisation?: Address },
): Prepared {
  const { products } = aceso.contracts;
  const supply = { availability: codeOf(AVAILABILITIES, availability), expectedEnd };
  const call = [productId(product), supply, toAddress(organisation)] as const;
  return prepare(aceso, products, products.interface.encodeFunctionData("setAvailability", [...call]));
}

/** A product's authorisation, which may have ended; undefined when there never was one. */
export async function productOf(aceso: Aceso, product: Product | string): Promise<ProductAuthorisation | undefined> {
  return authorisationOf(aceso, productId(product));
}

/** A product's supply as last announced; available when nothing was. */
export async function supplyOf(aceso: Aceso, product: Product | string): Promise<Supply> {
  const { availability, expectedEnd } = await aceso.contracts.products.supplyOf(productId(product));
  return {
    availability: nameAt(AVAILABILITIES, availability),
    ...(expectedEnd > 0n && { expectedEnd: Number(expectedEnd) }),
  };
}

/** Every product that was ever authorised, as it is now, in the order of first authorisation. */
export async function products(aceso: Aceso): Promise<AuthorisedProduct[]> {
  const { products: registry } = aceso.contracts;
  const authorised = await eventsOf(aceso, registry, registry.filters.ProductAuthorised());
  const ids = [...new Set(authorised.sort(inOrder).map(({ args }) => args.product as Hex))];
  return Promise.all(ids.map(async (id) => ({ product: readable(id), ...(await authorisationOf(aceso, id))! })));
}

async function authorisationOf(aceso: Aceso, id: Hex): Promise<ProductAuthorisation | undefined> {
  const { manufacturer, until, kind, prescriptionOnly, coldChain } = await aceso.contracts.products.productOf(id);
  if (BigInt(manufacturer) === 0n) return undefined;
  return {
    manufacturer: manufacturer as Address,
    until: Number(until),
    kind: nameAt(PRODUCT_KINDS, kind),
    prescriptionOnly,
    coldChain,
  };
}

// The contract takes any bytes from a regulator; one mistake must not hide the list.
function readable(id: Hex): string {
  try {
    return fromBytes32(id);
  } catch {
    return id;
  }
}
