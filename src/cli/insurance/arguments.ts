/**
 * What people type about insurance, as the SDK takes it.
 *
 * @module
 */
import { CODE, SYSTEM } from "../../fhir/code.js";
import { dayNumber } from "../../insurance/day.js";
import { ServiceCodeError, type Service } from "../../insurance/service.js";
import { word } from "../arguments.js";

/** A plan by its id. */
export const plan = word("The plan");

/**
 * The first day something covers, counted from 1970-01-01.
 *
 * @throws as {@link dayNumber} does.
 */
export function firstDay(text: string): number {
  return dayNumber(text.trim());
}

/**
 * The first day something covers no more, from the last it covers.
 *
 * @throws as {@link dayNumber} does.
 */
export function dayAfter(text: string): number {
  return dayNumber(text.trim()) + 1;
}

/**
 * Services given one by one, each as its code system's URI, a bar and its code, as FHIR searches for tokens.
 *
 * @throws {@link ServiceCodeError}
 */
export function services(text: string, earlier: readonly Service[] = []): Service[] {
  const [, system = "", code = ""] = /^([^|]*)\|(.*)$/.exec(text.trim()) ?? [];
  if (!SYSTEM.test(system) || !CODE.test(code)) throw new ServiceCodeError();
  return [...earlier, { system, code }];
}
