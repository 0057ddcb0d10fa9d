/**
 * Minting the deployment's own reward token, by its admin: at once, or after the admin's delay.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { AccessManager__factory } from "../generated/index.js";
import { prepare, type Prepared } from "../prepare.js";
import { requireUnits } from "./amount.js";

/** Whose tokens are minted, and how many token units; the reward token has 18 decimals. */
export type Minting = { to: Address; amount: bigint };

/**
 * Prepares the minting of the reward token, up to its cap. The connection's account is its admin; where the admin acts
 * under a delay, it is scheduled first ({@link scheduleMint}).
 *
 * @throws {@link NegativeAmountError} or {@link AmountTooLargeError}; on sending {@link ContractError}
 * `AccessManagedUnauthorized`, `AccessManagerNotScheduled`, `AccessManagerNotReady`, `ERC20ExceededCap` or
 * `ERC20InvalidReceiver`.
 */
export function mint(aceso: Aceso, minting: Minting): Prepared {
  return prepare(aceso, aceso.contracts.rewardToken, mintData(aceso, minting));
}

/**
 * Prepares the announcement of a minting: the admin's delay runs from then on.
 *
 * @throws as {@link mint}; on sending {@link ContractError} `AccessManagerUnauthorizedCall` or
 * `AccessManagerAlreadyScheduled`.
 */
export function scheduleMint(aceso: Aceso, minting: Minting): Prepared {
  const manager = managerOf(aceso);
  const call = [aceso.contracts.rewardToken.target, mintData(aceso, minting), 0] as const;
  return prepare(aceso, manager, manager.interface.encodeFunctionData("schedule", [...call]));
}

/**
 * From when on a minting may be sent, in Unix seconds: 0 where the admin has no delay, undefined until it is scheduled.
 */
export async function mintTime(aceso: Aceso, minting: Minting): Promise<number | undefined> {
  const manager = managerOf(aceso);
  const { target, interface: abi } = aceso.contracts.rewardToken;
  const account = accountOf(aceso);
  const [isImmediate] = await manager.canCall(account, target, abi.getFunction("mint").selector);
  if (isImmediate) return 0;
  const operation = await manager.hashOperation(account, target, mintData(aceso, minting));
  return Number(await manager.getSchedule(operation)) || undefined;
}

function mintData({ contracts }: Aceso, { to, amount }: Minting): string {
  return contracts.rewardToken.interface.encodeFunctionData("mint", [toAddress(to), requireUnits(amount)]);
}

function managerOf({ deployment, provider }: Aceso) {
  return AccessManager__factory.connect(deployment.accessManager, provider);
}
