/**
 * Failed calls of a node that no contract explains.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** The error as it is or, when it is ethers' or the network's own, what it stands for. */
export function withoutInternals(error: unknown): unknown {
  return error instanceof Error && !(error instanceof AcesoError) && isOfNode(error)
    ? new ChainCallError(error)
    : error;
}

// ethers' errors carry the request, and with it the URL and its access key, so only their short message is shown.
type Answered = { error?: { message?: unknown } };
type NodeError = Error & Answered & { code?: unknown; shortMessage?: unknown; info?: Answered };

function isOfNode({ code, shortMessage }: NodeError): boolean {
  return typeof shortMessage === "string" || (typeof code === "string" && NETWORK_CODES.includes(code));
}

const NETWORK_CODES = ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"];

function reasonOf({ code, shortMessage, info, error }: NodeError): string {
  const answer = (info?.error ?? error)?.message;
  return typeof answer === "string" ? answer : typeof shortMessage === "string" ? shortMessage : String(code);
}

/** A node failed a call, or went away. */
export class ChainCallError extends AcesoError {
  override name = "ChainCallError";
  constructor(override readonly cause: Error) {
    super(
      `The node failed the call: ${reasonOf(cause)}.`,
      "Check the node and the account's pending transactions, then try again.",
      { cause },
    );
  }
}
