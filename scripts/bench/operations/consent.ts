/**
 * What patients decide.
 *
 * @module
 */
import type { Wallet } from "ethers";

import { GRANT } from "../../../src/consent/messages.js";
import type { Address } from "../../../src/crypto/address.js";
import { participant, type Bench } from "../bench.js";
import {
  ALL_CATEGORIES,
  ALL_PURPOSES,
  denseAddress,
  denseBytes,
  denseWallet,
  FAR,
  FAR_START,
  isDense,
} from "../hardInputs.js";
import type { Call, Operation, WrittenSlot } from "../operation.js";

const TERMS = { purposes: ALL_PURPOSES, categories: ALL_CATEGORIES, validFrom: FAR_START, validUntil: FAR };

const GRANTED: WrittenSlot = {
  contract: "consents",
  slot: "_consents[patient][grantee][policy]",
  kind: "fill",
  why: "masks, times, epoch and version of a consent share one slot, so that a check reads it once",
};

/** Every patient consents to the same grantee under the same policy. */
export async function consentOperations(bench: Bench): Promise<Operation[]> {
  const { consents } = bench.contracts;
  const { interface: abi } = consents;
  const to = consents.target as Address;
  const grantee = await participant(bench, "Provider");
  const policy = denseBytes(32);
  const relayer = denseAddress();

  const grantOf = (patient: Address): Call => ({
    from: patient,
    to,
    data: abi.encodeFunctionData("grant", [patient, grantee, policy, TERMS]),
  });
  const consentingPatient = async (): Promise<Address> => {
    const patient = denseAddress();
    await bench.send(grantOf(patient));
    return patient;
  };

  const { name, version } = await consents.eip712Domain();
  const domain = { name, version, chainId: bench.chainId, verifyingContract: to };
  const signedGrant = async (): Promise<{ patient: Wallet; signature: string }> => {
    const patient = denseWallet();
    const message = { patient: patient.address, grantee, policy, terms: TERMS, revision: 0, deadline: FAR };
    const signature = await patient.signTypedData(
      domain,
      { GrantConsent: [...GRANT["GrantConsent"]!], Terms: [...GRANT["Terms"]!] },
      message,
    );
    return isDense(signature) ? { patient, signature } : signedGrant();
  };

  return [
    {
      name: "consent.grant",
      slots: [GRANTED],
      next: async () => grantOf(denseAddress()),
    },
    {
      name: "consent.grantBySig",
      slots: [GRANTED],
      next: async () => {
        const { patient, signature } = await signedGrant();
        const { address } = patient;
        const authorization = { signer: address, deadline: FAR };
        const call = [address, grantee, policy, TERMS, 0, authorization, signature] as const;
        return { from: relayer, to, data: abi.encodeFunctionData("grantBySig", [...call]) };
      },
    },
    {
      name: "consent.revoke",
      slots: [
        {
          contract: "consents",
          slot: "_consents[patient][grantee][policy]",
          kind: "change",
          why: "the terms go, the version goes on: a grant signed before must never count again",
        },
      ],
      next: async () => {
        const patient = await consentingPatient();
        return { from: patient, to, data: abi.encodeFunctionData("revoke", [patient, grantee, policy]) };
      },
    },
    {
      name: "consent.revokeAll",
      slots: [
        {
          contract: "consents",
          slot: "epochOf[patient]",
          kind: "fill",
          why: "every consent and delegate of an earlier epoch dies in this one write",
        },
      ],
      next: async () => ({ from: await consentingPatient(), to, data: abi.encodeFunctionData("revokeAll") }),
    },
  ];
}
