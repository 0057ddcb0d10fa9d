/**
 * Issuing a prescription, and filling it through the ledger.
 *
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";

import type { Address } from "../../../src/crypto/address.js";
import { batchKey } from "../../../src/medication/item.js";
import { participant, staffOf, type Bench } from "../bench.js";
import { denseAddress, denseBytes, FAR, isDense } from "../hardInputs.js";
import { commissioned, license, maker, ON_PRESCRIPTION, type BenchBatch } from "../medicines.js";
import type { Operation } from "../operation.js";

type Issued = {
  key: { patient: Address; prescriber: Address; product: string; doses: number; validUntil: number };
  salt: string;
};

/** One prescriber and one pharmacy, whose staff send. */
export async function prescriptionOperations(bench: Bench): Promise<Operation[]> {
  const { prescriptions, batches } = bench.contracts;
  const { interface: abi } = prescriptions;
  const to = prescriptions.target as Address;
  const pharmacy = await maker(bench, ON_PRESCRIPTION);
  const clerk = await staffOf(bench, pharmacy);
  const prescriber = await participant(bench, "Practitioner");
  const assistant = await staffOf(bench, prescriber);
  await license(bench, to, "PrescriptionService");
  const optIn = batches.interface.encodeFunctionData("setService", [to, true]);
  await bench.send({ from: pharmacy, to: batches.target as Address, data: optIn });
  const { product } = batchKey({ product: ON_PRESCRIPTION, lot: "1" });

  const prescription = (): Issued => {
    const salt = denseBytes(32);
    const commitment = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32"], [product, salt]));
    if (!isDense(commitment)) return prescription();
    const key = { patient: denseAddress(), prescriber, product: commitment, doses: 0x7fff, validUntil: FAR };
    return { key, salt };
  };
  const issuing = ({ key }: Pick<Issued, "key">) => ({
    from: assistant,
    to,
    data: abi.encodeFunctionData("issue", [key, pharmacy]),
  });
  const filling = ({ key, salt }: Issued, batch: BenchBatch, number: number) => {
    const { lot } = batchKey({ product: ON_PRESCRIPTION, lot: batch.lot });
    const call = [key, 0x0101, batch.unit(number), { product, salt, lot }] as const;
    return { from: clerk, to, data: abi.encodeFunctionData("fill", [...call]) };
  };

  return [
    {
      name: "prescription.issue",
      slots: [
        {
          contract: "prescriptions",
          slot: "_prescriptions[id]",
          kind: "fill",
          why: "where it is routed and what is filled; patient, prescriber, product and doses are hashed into the id",
        },
      ],
      next: async () => issuing(prescription()),
    },
    {
      name: "prescription.fill",
      slots: [
        { contract: "prescriptions", slot: "_prescriptions[id]", kind: "change", why: "counts its doses down" },
        {
          contract: "batches",
          slot: "_dispensed[batch] word",
          kind: "change",
          why: "the unit's bit, so that no clone of the pack is dispensed again",
        },
      ],
      next: async () => {
        const issued = prescription();
        await bench.send(issuing(issued));
        const batch = await commissioned(bench, pharmacy, { units: 2, product: ON_PRESCRIPTION });
        await bench.send(filling(issued, batch, 0));
        return filling(issued, batch, 1);
      },
    },
  ];
}
