/**
 * Publishing encryption keys.
 *
 * @module
 */
import type { Address } from "../../../src/crypto/address.js";
import type { Bench } from "../bench.js";
import { denseAddress, denseBytes } from "../hardInputs.js";
import type { Operation } from "../operation.js";

export async function keyOperations({ contracts }: Bench): Promise<Operation[]> {
  const { target, interface: abi } = contracts.keys;
  return [
    {
      name: "keys.publish",
      slots: [
        {
          contract: "keys",
          slot: "keyOf[account]",
          kind: "fill",
          why: "who wraps a content key for the account reads it here, without trusting a server",
        },
      ],
      next: async () => ({
        from: denseAddress(),
        to: target as Address,
        data: abi.encodeFunctionData("publish", [denseBytes(32)]),
      }),
    },
  ];
}
