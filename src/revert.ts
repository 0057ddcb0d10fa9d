/**
 * Reverts as named errors: the contract's error, its arguments, and what to do.
 *
 * @module
 */
import { Interface, isHexString, type ErrorDescription, type InterfaceAbi } from "ethers";

import { adviceOn } from "./advice.js";
import { AcesoError } from "./errors.js";
import {
  AccessManager__factory,
  Accreditation__factory,
  BatchLedger__factory,
  ClaimEscrow__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  KeyDirectory__factory,
  PlanRegistry__factory,
  PrescriptionRegistry__factory,
  ProductRegistry__factory,
  RecordRegistry__factory,
  RewardDistributor__factory,
  RewardToken__factory,
  StudyRewards__factory,
} from "./generated/index.js";

// What tokens refuse with (ERC-6093).
const TOKEN_ERRORS = new Interface([
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
]);

const INTERFACES: readonly Interface[] = [
  Accreditation__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  RecordRegistry__factory,
  KeyDirectory__factory,
  ProductRegistry__factory,
  BatchLedger__factory,
  PrescriptionRegistry__factory,
  PlanRegistry__factory,
  ClaimEscrow__factory,
  StudyRewards__factory,
  RewardDistributor__factory,
  RewardToken__factory,
  AccessManager__factory,
].map((factory) => new Interface(factory.abi as InterfaceAbi));

/** The error a failed call stands for: a {@link ContractError}, an {@link AcesoError} as it is, or what came. */
export function asNamedError(error: unknown): unknown {
  if (error instanceof AcesoError) return error;
  const data = revertDataOf(error);
  if (data !== undefined) return contractErrorOf(data, error) ?? new UnknownRevertError(data, { cause: error });
  if (isOutOfFunds(error)) return new InsufficientFundsError({ cause: error });
  return error;
}

/** What a call answers; what refuses it is thrown as {@link asNamedError} tells it. */
export async function refusedByName<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw asNamedError(error);
  }
}

/** The error that revert data encodes, or undefined when it is none of our contracts'. */
function contractErrorOf(data: string, cause?: unknown): ContractError | undefined {
  for (const abi of [...INTERFACES, TOKEN_ERRORS]) {
    const description = abi.parseError(data);
    // ethers reads these in any ABI.
    const isBuiltIn = description?.signature === "Error(string)" || description?.signature === "Panic(uint256)";
    if (description !== null && !isBuiltIn) return new ContractError(description, { cause });
  }
  return undefined;
}

// Every wallet and node nests the revert data elsewhere, so look for it wherever errors are nested.
function revertDataOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  const { data, info, error: inner, cause } = error as Record<string, unknown>;
  if (isHexString(data) && data.length >= 10) return data;
  for (const nested of [data, info, inner, cause]) {
    const found = revertDataOf(nested, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOutOfFunds(error: unknown): boolean {
  return error instanceof Error && /insufficient funds|doesn't have enough funds/i.test(error.message);
}

/** A contract refused a call, and said why. */
export class ContractError extends AcesoError {
  override name = "ContractError";
  /** The error's name in the contract, such as `ConsentStale`. */
  readonly error: string;
  /** Its arguments by name. */
  readonly args: Readonly<Record<string, unknown>>;

  constructor(description: ErrorDescription, options?: ErrorOptions) {
    const args = description.args.toObject(true) as Record<string, unknown>;
    const { message, advice } = adviceOn(description.name, args);
    super(`${description.name}: ${message}`, advice, options);
    this.error = description.name;
    this.args = args;
  }
}

/** A call reverted with an error of no contract of ours. */
export class UnknownRevertError extends AcesoError {
  override name = "UnknownRevertError";
  constructor(
    readonly data: string,
    options?: ErrorOptions,
  ) {
    super(
      `The call reverted with ${data.slice(0, 10)}, which is no error of these contracts.`,
      "Check that the deployment's addresses belong to this version of the package.",
      options,
    );
  }
}

/** The account cannot pay for gas. */
export class InsufficientFundsError extends AcesoError {
  override name = "InsufficientFundsError";
  constructor(options?: ErrorOptions) {
    super(
      "The account cannot pay for the transaction's gas.",
      "Fund it, or sign the message instead and let somebody else relay it.",
      options,
    );
  }
}
