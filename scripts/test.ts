/**
 * Runs every test: those in Solidity and those in TypeScript beside each other, which takes two thirds of the time
 * `hardhat test` takes one after the other. Fails when either does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

const TYPESCRIPT = ["test", "mocha", "--no-compile"];
const SOLIDITY = ["test", "solidity", "--no-compile"];

// What the Solidity tests say comes in one piece at the end, so that the two do not interrupt each other.
const [typescript, solidity] = await Promise.all([run(TYPESCRIPT, "inherit"), run(SOLIDITY, "pipe")]);
console.log(solidity.output);
process.exitCode = Math.max(typescript.code, solidity.code);

async function run(task: readonly string[], stdio: "inherit" | "pipe"): Promise<{ code: number; output: string }> {
  const hardhat = spawn("hardhat", task, { stdio: ["ignore", stdio, stdio], shell: process.platform === "win32" });
  const output: Buffer[] = [];
  for (const stream of [hardhat.stdout, hardhat.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(hardhat, "close")) as [number | null];
  return { code: code ?? 1, output: Buffer.concat(output).toString() };
}
