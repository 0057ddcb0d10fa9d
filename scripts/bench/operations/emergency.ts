/**
 * Breaking the glass.
 *
 * @module
 */
import type { Address } from "../../../src/crypto/address.js";
import { participant, type Bench } from "../bench.js";
import { denseAddress, denseBytes } from "../hardInputs.js";
import type { Operation } from "../operation.js";

/** One clinician opens for patient after patient, and every case is reviewed before the next. */
export async function emergencyOperations(bench: Bench): Promise<Operation[]> {
  const { emergencies } = bench.contracts;
  const { interface: abi } = emergencies;
  const to = emergencies.target as Address;
  const clinician = await participant(bench, "Practitioner");
  const officer = await participant(bench, "PrivacyOfficer");

  // Unjustified, because that verdict need not wait for the end of access.
  let unreviewed: Address | undefined;
  const review = async (patient: Address): Promise<void> => {
    const { openedAt } = await emergencies.emergencyOf(patient, clinician);
    const data = abi.encodeFunctionData("review", [patient, clinician, openedAt, false, denseBytes(32)]);
    await bench.send({ from: officer, to, data });
  };

  return [
    {
      name: "emergency.open",
      slots: [
        {
          contract: "emergencies",
          slot: "_emergencies[patient][clinician]",
          kind: "fill",
          why: "what is open, and until when: the one slot an access check reads",
        },
        {
          contract: "emergencies",
          slot: "_cases[patient][clinician][openedAt]",
          kind: "fill",
          why: "cases are kept apart, so that each is reviewed and contested by itself",
        },
        {
          contract: "emergencies",
          slot: "unreviewedOf[clinician]",
          kind: "fill",
          why: "from the fourth unreviewed case on, a second practitioner must countersign",
        },
      ],
      next: async () => {
        if (unreviewed !== undefined) await review(unreviewed);
        const patient = denseAddress();
        unreviewed = patient;
        return { from: clinician, to, data: abi.encodeFunctionData("open", [patient, denseBytes(32)]) };
      },
    },
  ];
}
