/**
 * Insurance policies as they stand, read from the chain.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import { policyIn, type Policy } from "./policyKey.js";

/** A policy as it stands. Amounts in token units: what its live claims come to. */
export type PolicyState = {
  id: Hex;
  policy: Policy;
  /** The first day whose services it covers no more, earlier than the policy's when it was terminated. */
  endDay: number;
  closed: boolean;
  /** What counted towards the deductible. */
  deductible: bigint;
  /** What counted towards the out-of-pocket maximum. */
  outOfPocket: bigint;
  /** What counted towards the annual limit. */
  benefit: bigint;
  /** What was paid at once. */
  autoApproved: bigint;
};

/** A policy as it stands, by its id; undefined when there is none. */
export async function policyOf(aceso: Aceso, id: Hex): Promise<PolicyState | undefined> {
  const { escrow } = aceso.contracts;
  const [issued] = await eventsOf(aceso, escrow, escrow.filters.PolicyIssued(id));
  return issued && stateOf(aceso, id, policyIn(issued.args.policy));
}

/** The policies of a patient, or of a plan, as they stand; oldest first. */
export async function policiesOf(aceso: Aceso, asked: { patient: Address } | { plan: Hex }): Promise<PolicyState[]> {
  const { escrow } = aceso.contracts;
  const [plan, patient] = "plan" in asked ? [asked.plan, undefined] : [undefined, toAddress(asked.patient)];
  const issued = await eventsOf(aceso, escrow, escrow.filters.PolicyIssued(undefined, plan, patient));
  return Promise.all(issued.sort(inOrder).map(({ args }) => stateOf(aceso, args.id as Hex, policyIn(args.policy))));
}

/** A function that gives a policy's key by its id, asking the chain once a policy. There must be such a policy. */
export function policyKeys(aceso: Aceso): (id: Hex) => Promise<Policy> {
  const { escrow } = aceso.contracts;
  const keys = new Map<Hex, Promise<Policy>>();
  return (id) => {
    const known =
      keys.get(id) ??
      eventsOf(aceso, escrow, escrow.filters.PolicyIssued(id)).then(([issued]) => policyIn(issued!.args.policy));
    keys.set(id, known);
    return known;
  };
}

async function stateOf(aceso: Aceso, id: Hex, policy: Policy): Promise<PolicyState> {
  const { endDay, closed, deductible, outOfPocket, benefit, autoApproved } = await aceso.contracts.escrow.policyOf(id);
  return { id, policy, endDay: Number(endDay), closed, deductible, outOfPocket, benefit, autoApproved };
}
