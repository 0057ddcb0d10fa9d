/**
 * A patient's consents as their events tell them: now, and at any time before.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf, inOrder } from "../events.js";
import { now } from "../signing.js";
import { termsFrom, type Terms } from "./terms.js";

/** A consent that stands: granted, and neither revoked nor replaced. It may be over or not have begun. */
export type StandingConsent = {
  patient: Address;
  grantee: Address;
  policy: Hex;
  terms: Terms;
  /** The patient or delegate who granted it. */
  actor: Address;
  status: "future" | "live" | "over";
};

/** Every consent of a patient that was granted and neither revoked nor replaced, newest last. */
export async function list(aceso: Aceso, { patient }: { patient: Address }): Promise<StandingConsent[]> {
  return standingAt(aceso, patient, await now(aceso));
}

/**
 * Who was permitted at a time, from events alone, so it can be proven to anybody.
 *
 * @param time in Unix seconds.
 */
export async function at(
  aceso: Aceso,
  { patient, time }: { patient: Address; time: number },
): Promise<StandingConsent[]> {
  return (await standingAt(aceso, patient, time)).filter(({ status }) => status === "live");
}

async function standingAt(aceso: Aceso, patient: Address, time: number): Promise<StandingConsent[]> {
  const { consents } = aceso.contracts;
  const [granted, revoked, allRevoked] = await Promise.all([
    eventsOf(aceso, consents, consents.filters.ConsentGranted(patient)),
    eventsOf(aceso, consents, consents.filters.ConsentRevoked(patient)),
    eventsOf(aceso, consents, consents.filters.AllConsentsRevoked(patient)),
  ]);
  const standing = new Map<string, StandingConsent>();
  const steps = [
    ...granted.map((event) => ({ event, apply: () => put(standing, time, event.args) })),
    ...revoked.map((event) => ({ event, apply: () => standing.delete(keyOf(event.args)) })),
    ...allRevoked.map((event) => ({ event, apply: () => standing.clear() })),
  ].sort((a, b) => inOrder(a.event, b.event));
  const timeOf = blockTimes(aceso);
  for (const { event, apply } of steps) {
    if ((await timeOf(event.blockNumber)) > time) break;
    apply();
  }
  return [...standing.values()];
}

type Granted = {
  patient: string;
  grantee: string;
  policy: string;
  terms: { purposes: bigint; categories: bigint; validFrom: bigint; validUntil: bigint };
  actor: string;
};

function put(standing: Map<string, StandingConsent>, time: number, granted: Granted): void {
  const terms = termsFrom(granted.terms);
  const key = keyOf(granted);
  // A replaced consent moves to the end, so that the newest is last.
  standing.delete(key);
  standing.set(key, {
    patient: granted.patient as Address,
    grantee: granted.grantee as Address,
    policy: granted.policy as Hex,
    terms,
    actor: granted.actor as Address,
    status: time < terms.validFrom! ? "future" : time < terms.validUntil ? "live" : "over",
  });
}

function keyOf({ grantee, policy }: { grantee: string; policy: string }): string {
  return `${grantee} ${policy}`;
}
