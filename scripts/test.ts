/**
 * Runs every test: those in Solidity and those in TypeScript, these in two halves, all beside each other, which takes half
 * of the time `hardhat test` takes one after the other. Fails when any does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, statSync } from "node:fs";

const sizes = globSync("test/**/*.test.ts").map((file) => ({ file, size: statSync(file).size }));
const halves = [0, 1].map(() => ({ files: [] as string[], size: 0 }));
// Longer files take longer: the largest first, each to the half that has less.
for (const { file, size } of sizes.sort((one, other) => other.size - one.size)) {
  const half = halves[halves[0]!.size <= halves[1]!.size ? 0 : 1]!;
  half.files.push(file);
  half.size += size;
}

// What the others say comes in one piece at the end, so that they do not interrupt the first.
const runs = await Promise.all([
  run(["test", "mocha", "--no-compile", ...halves[0]!.files.sort()], "inherit"),
  run(["test", "mocha", "--no-compile", ...halves[1]!.files.sort()], "pipe"),
  run(["test", "solidity", "--no-compile"], "pipe"),
]);
for (const { output } of runs) console.log(output);
process.exitCode = Math.max(...runs.map(({ code }) => code));

async function run(task: readonly string[], stdio: "inherit" | "pipe"): Promise<{ code: number; output: string }> {
  const hardhat = spawn("hardhat", task, {
    stdio: ["ignore", stdio, stdio],
    shell: process.platform === "win32",
    // Chains in memory leave much behind at once; with more room for it, it is collected less often.
    env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --max-semi-space-size=64` },
  });
  const output: Buffer[] = [];
  for (const stream of [hardhat.stdout, hardhat.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(hardhat, "close")) as [number | null];
  return { code: code ?? 1, output: Buffer.concat(output).toString() };
}
