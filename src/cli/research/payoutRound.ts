/**
 * Round files held against the chain: the same chain, the same deployment, the same rounds.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { AcesoError } from "../../errors.js";
import { roundOf, type RoundState } from "../../research/round.js";
import { openRound, type RoundFile } from "../../research/roundFile.js";
import type { Context } from "../context.js";
import { readText } from "../files.js";
import { withProgress } from "../progress.js";

/** A round file that was checked against the chain, and the rounds it was published as. */
export type PublishedFile = { file: RoundFile; states: RoundState[] };

/** The round in a file. Throws {@link InputFileError} | {@link NotUtf8Error}, and what {@link openRound} throws. */
export async function readRound(context: Context, path: string): Promise<RoundFile> {
  const text = await readText(context.io, path);
  return withProgress(context, `Checking ${path}`, (onProgress) => openRound(text, onProgress));
}

/**
 * The round in a file and, as they stand, the rounds it was published as.
 *
 * @throws as {@link readRound} and {@link requireHere}; {@link RoundUnpublishedError}; {@link RoundDiffersError};
 * {@link NoRoundError}.
 */
export async function readPublished(context: Context, aceso: Aceso, path: string): Promise<PublishedFile> {
  const file = await readRound(context, path);
  requireHere(aceso, file, path);
  const { round, token, published } = file;
  if (published === undefined) throw new RoundUnpublishedError(path);
  const states = await Promise.all(published.map(({ round: number }) => roundOf(aceso, number)));
  const other = states.find(
    (state) => state.root !== round.root || state.token !== token || state.total !== round.total,
  );
  if (other !== undefined) throw new RoundDiffersError(path, other.round);
  return { file, states };
}

/** Checks that a round is of this chain and deployment, as far as it says. Throws {@link OtherChainRoundError}. */
export function requireHere({ chainId, deployment }: Aceso, file: RoundFile, path: string): void {
  const isHere = file.chainId === undefined || file.chainId === chainId;
  const isOurs = file.distributor === undefined || file.distributor === deployment.rewardDistributor;
  if (!isHere || !isOurs) throw new OtherChainRoundError(path, file, chainId);
}

/** A round is of another chain, or of another deployment on this one. */
export class OtherChainRoundError extends AcesoError {
  override name = "OtherChainRoundError";
  constructor(path: string, { chainId, distributor }: Pick<RoundFile, "chainId" | "distributor">, connected: bigint) {
    super(
      `${path} is for the distributor ${distributor ?? "of the deployment"} on chain ${chainId ?? connected}, and this is ` +
        `${chainId === undefined || chainId === connected ? "another one" : `chain ${connected}`}.`,
      "Check --rpc and --deployment. Where the round is to be on this chain, build it again for the token here.",
    );
  }
}

/** A round file names no round. */
export class RoundUnpublishedError extends AcesoError {
  override name = "RoundUnpublishedError";
  constructor(path: string) {
    super(
      `${path} does not say which round it was published as.`,
      "Its publisher runs `aceso payout publish` on it, which completes it; then take that copy.",
    );
  }
}

/** A round on chain is another one than the file says. */
export class RoundDiffersError extends AcesoError {
  override name = "RoundDiffersError";
  constructor(
    path: string,
    readonly round: number,
  ) {
    super(
      `Round ${round} on chain has another root, token or total than ${path}.`,
      "Ask its publisher for the file of that very round; do not trust this one.",
    );
  }
}
