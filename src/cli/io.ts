/**
 * What the command reaches the world through: its streams, environment, folder, and the chain.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import type { Provider } from "ethers";

import { AcesoError } from "../errors.js";
import { rpcProvider } from "../provider.js";

/** The command's surroundings. */
export type Io = {
  /** The folder that relative paths start from. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: AsyncIterable<Uint8Array | string>;
  stdout: { write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown; isTTY?: boolean };
  /** Asks a person without showing what they type; absent where there is nobody to ask. */
  ask?: (question: string) => Promise<string>;
  /** Reaches a chain; throws {@link RpcUnreachableError} when it does not answer. */
  connect: (rpc: string) => Promise<Provider>;
};

/** The surroundings of this process. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // The reader of a pipe may have had enough: `aceso record log | head`.
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 4));
  return { cwd: process.cwd(), env, stdin, stdout, stderr, connect: rpcProvider, ...(stdin.isTTY && { ask }) };
}

function ask(question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: unseen, terminal: true });
  process.stderr.write(`${question}: `);
  return new Promise<string>((resolve, reject) => {
    reader.question("", resolve);
    reader.once("close", () => reject(new AnswerMissingError()));
  }).finally(() => {
    reader.close();
    process.stderr.write("\n");
  });
}

/** A question was left without an answer. */
export class AnswerMissingError extends AcesoError {
  override name = "AnswerMissingError";
  constructor() {
    super("The question was not answered.", "Run the command again; nothing was done.");
  }
}
