/**
 * Anchoring records, and logging who opened them.
 *
 * @module
 */
import { roleNumber } from "../../../src/accreditation/role.js";
import { purposeBit } from "../../../src/consent/purpose.js";
import type { Address } from "../../../src/crypto/address.js";
import { participant, staffOf, type Bench } from "../bench.js";
import { ALL_CATEGORIES, ALL_PURPOSES, denseAddress, denseBytes, FAR } from "../hardInputs.js";
import type { Operation, WrittenSlot } from "../operation.js";

const BATCH = 20;

/** As many records under one root as a large hospital adds in a month. */
const ROOT_COUNT = 1_000_000;

const ROLE = roleNumber("Provider");

const ANCHORED: WrittenSlot = {
  contract: "records",
  slot: "_digests[id]",
  kind: "fill",
  why: "the current digest; patient, author and commitment are hashed into the id and cost no slot",
};

/** One hospital writes and reads for everybody, and a member of its staff sends. */
export async function recordOperations(bench: Bench): Promise<Operation[]> {
  const { consents, records } = bench.contracts;
  const { interface: abi } = records;
  const to = records.target as Address;
  const hospital = await participant(bench, "Provider");
  const nurse = await staffOf(bench, hospital);
  const policy = denseBytes(32);

  const consentingPatient = async (): Promise<Address> => {
    const patient = denseAddress();
    const terms = { purposes: ALL_PURPOSES, categories: ALL_CATEGORIES, validFrom: 0, validUntil: FAR };
    const data = consents.interface.encodeFunctionData("grant", [patient, hospital, policy, terms]);
    await bench.send({ from: patient, to: consents.target as Address, data });
    return patient;
  };

  return [
    {
      name: "records.anchor",
      slots: [ANCHORED],
      next: async () => {
        const key = { patient: denseAddress(), author: hospital, commitment: denseBytes(32) };
        return { from: nurse, to, data: abi.encodeFunctionData("anchor", [ROLE, key, denseBytes(32)]) };
      },
    },
    {
      name: "records.anchorBatch",
      batch: BATCH,
      slots: [ANCHORED],
      next: async () => {
        const entries = Array.from({ length: BATCH }, () => ({
          patient: denseAddress(),
          commitment: denseBytes(32),
          digest: denseBytes(32),
        }));
        return { from: nurse, to, data: abi.encodeFunctionData("anchorBatch", [ROLE, hospital, entries]) };
      },
    },
    {
      name: "records.anchorRoot",
      slots: [
        {
          contract: "records",
          slot: "rootCountOf[author][root]",
          kind: "fill",
          why: "one root stands for any number of records, and says how many",
        },
      ],
      next: async () => {
        const call = [ROLE, hospital, denseBytes(32), ROOT_COUNT] as const;
        return { from: nurse, to, data: abi.encodeFunctionData("anchorRoot", [...call]) };
      },
    },
    {
      name: "records.logAccess",
      slots: [],
      next: async () => {
        const access = {
          patient: await consentingPatient(),
          grantee: hospital,
          policy,
          purpose: purposeBit("TREAT"),
          categories: ALL_CATEGORIES,
          records: denseBytes(32),
          actor: denseBytes(32),
        };
        return { from: nurse, to, data: abi.encodeFunctionData("logAccess", [access]) };
      },
    },
  ];
}
