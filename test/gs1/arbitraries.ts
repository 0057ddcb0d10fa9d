import fc from "fast-check";
import { withCheckDigit } from "../../src/gs1/checkDigit.js";
import type { Elements } from "../../src/gs1/elements.js";

const SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/** So many digits. */
export const digits = (count: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: count, maxLength: count });

export const gtin = digits(13).map(withCheckDigit);
export const sscc = digits(17).map(withCheckDigit);
export const gln = digits(12).map(withCheckDigit);

/** A lot or serial of GS1. */
export const lotOrSerial = fc.string({ unit: fc.constantFrom(...SET_82), minLength: 1, maxLength: 20 });

const yymmdd = fc
  .tuple(digits(2), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 28 }))
  .map(([year, month, day]) => year + String(month).padStart(2, "0") + String(day).padStart(2, "0"));

/** Attributes of anything. */
export const attributes = fc.record(
  {
    productionDate: yymmdd,
    expirationDate: yymmdd,
    lot: lotOrSerial,
    serial: lotOrSerial,
    others: fc.record({ "3103": digits(6), "22": lotOrSerial, "8010": fc.constant("#A-1/B") }),
  },
  { requiredKeys: [] },
);

/** Anything with one key. */
export const elements: fc.Arbitrary<Elements> = fc
  .tuple(
    fc.oneof(
      fc.record({ gtin }),
      fc.record({ sscc }),
      fc.record({ gln, glnExtension: lotOrSerial }),
      fc.record({ partyGln: gln }),
    ),
    attributes,
  )
  .map(([key, attributes]) => ({ ...attributes, ...key }));
