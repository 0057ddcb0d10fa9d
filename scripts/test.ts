/**
 * Runs every test: those in Solidity and those in TypeScript, these in two halves, all beside each other, which takes half
 * of the time `hardhat test` takes one after the other. Fails when any does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";

const files = globSync("test/**/*.test.ts").sort();
// Every second file, so that both halves have of each domain.
const halves = [0, 1].map((half) => files.filter((_, place) => place % 2 === half));

// What the others say comes in one piece at the end, so that they do not interrupt the first.
const runs = await Promise.all([
  run(["test", "mocha", "--no-compile", ...halves[0]!], "inherit"),
  run(["test", "mocha", "--no-compile", ...halves[1]!], "pipe"),
  run(["test", "solidity", "--no-compile"], "pipe"),
]);
for (const { output } of runs) console.log(output);
process.exitCode = Math.max(...runs.map(({ code }) => code));

async function run(task: readonly string[], stdio: "inherit" | "pipe"): Promise<{ code: number; output: string }> {
  const hardhat = spawn("hardhat", task, { stdio: ["ignore", stdio, stdio], shell: process.platform === "win32" });
  const output: Buffer[] = [];
  for (const stream of [hardhat.stdout, hardhat.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(hardhat, "close")) as [number | null];
  return { code: code ?? 1, output: Buffer.concat(output).toString() };
}
