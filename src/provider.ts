/**
 * Reaching a chain, or saying by name that it cannot be reached.
 *
 * @module
 */
import { isHexString, JsonRpcProvider, type Provider } from "ethers";

import { AcesoError } from "./errors.js";

const PATIENCE_MS = 10_000;

/**
 * A provider for a JSON-RPC endpoint that has answered once.
 *
 * @throws {@link RpcUnreachableError} when it does not.
 */
export async function rpcProvider(url: string): Promise<JsonRpcProvider> {
  const chainId = await askChainId(url);
  // The network is known, so ethers does not poll an endpoint that goes away. Answers are not kept, not even for a moment:
  // of two transactions in a row the second would have the nonce of the first.
  return new JsonRpcProvider(url, chainId, { staticNetwork: true, cacheTimeout: -1 });
}

/**
 * The chain id a provider answers with.
 *
 * @throws {@link RpcUnreachableError} when it does not answer within ten seconds.
 */
export async function chainIdOf(provider: Provider): Promise<bigint> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RpcUnreachableError("the provider")), PATIENCE_MS);
  });
  try {
    return (await Promise.race([provider.getNetwork(), patience])).chainId;
  } catch (cause) {
    throw cause instanceof RpcUnreachableError ? cause : new RpcUnreachableError("the provider", { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function askChainId(url: string): Promise<bigint> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { result } = (await response.json()) as { result: unknown };
    // BigInt takes an empty text for 0 and true for 1, which are no chains.
    if (!isHexString(result)) throw new TypeError("The answer is no chain id.");
    return BigInt(result);
  } catch (cause) {
    throw new RpcUnreachableError(endpointOf(url), { cause });
  }
}

/** The endpoint without path and query, where providers put their keys. */
function endpointOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "the RPC URL";
}

/** A chain does not answer. */
export class RpcUnreachableError extends AcesoError {
  override name = "RpcUnreachableError";
  constructor(endpoint: string, options?: ErrorOptions) {
    super(
      `No chain answers at ${endpoint}.`,
      "Check the RPC URL and that the node is running and reachable, then try again; nothing was sent.",
      options,
    );
  }
}
