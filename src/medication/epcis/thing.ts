/**
 * What the EPCs of medicine name: an instance of a trade item, a unit or a case, or a logistic unit.
 *
 * @module
 */
import { digitalLink } from "../../gs1/digitalLink.js";
import { parseEpc } from "../../gs1/epc.js";

/** One thing, by its SGTIN or SSCC. */
type Thing = { gtin: string; serial: string } | { sscc: string };

/** A thing of an event, and the EPC that named it. */
export type NamedThing = { key: string; epc: string; thing: Thing };

/** A text that tells things apart, however their EPCs are written. */
export function keyOfThing(thing: Thing): string {
  return digitalLink(thing);
}

/** What an EPC names; undefined when it is neither an SGTIN nor an SSCC. */
export function thingOf(epc: string): NamedThing | undefined {
  try {
    const { gtin, serial, sscc } = parseEpc(epc);
    const thing =
      sscc !== undefined ? { sscc } : gtin !== undefined && serial !== undefined ? { gtin, serial } : undefined;
    return thing && { key: keyOfThing(thing), epc, thing };
  } catch {
    return undefined;
  }
}

/** The product and lot an EPC class names; undefined when it names no lot. */
export function lotOf(epcClass: string): { product: string; lot: string } | undefined {
  try {
    const { gtin, lot } = parseEpc(epcClass);
    return gtin !== undefined && lot !== undefined ? { product: `gtin:${gtin}`, lot } : undefined;
  } catch {
    return undefined;
  }
}
