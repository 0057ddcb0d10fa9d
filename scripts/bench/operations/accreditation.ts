/**
 * What accreditors do.
 *
 * @module
 */
import { roleNumber } from "../../../src/accreditation/role.js";
import type { Address } from "../../../src/crypto/address.js";
import type { Bench } from "../bench.js";
import { denseAddress, FAR } from "../hardInputs.js";
import type { Operation } from "../operation.js";

export async function accreditationOperations({ contracts, accreditor }: Bench): Promise<Operation[]> {
  const { target, interface: abi } = contracts.accreditation;
  return [
    {
      name: "accreditation.accredit",
      slots: [
        {
          contract: "accreditation",
          slot: "_licences[participant][role]",
          kind: "fill",
          why: "accreditor, end and suspension share the one slot every later check reads",
        },
      ],
      next: async () => ({
        from: accreditor,
        to: target as Address,
        data: abi.encodeFunctionData("accredit", [denseAddress(), roleNumber("Provider"), FAR]),
      }),
    },
  ];
}
