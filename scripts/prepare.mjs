/**
 * Completes an installation made under Node.js 20: npm then skips the native part of Hardhat's chain, whose `engines`
 * ask for a newer Node.js. This package brings that newer Node.js along (the `node` devDependency, which npm scripts
 * run under), so installing once more under it fills the gap. Elsewhere it does nothing.
 */
import { spawnSync } from "node:child_process";

const GUARD = "ACESO_PREPARING";

if (!(await isComplete()) && process.env[GUARD] === undefined) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new Error("Run this through npm: `npm install`.");
  const { status } = spawnSync(process.execPath, [npm, "install", "--no-save"], {
    stdio: "inherit",
    env: { ...process.env, [GUARD]: "1" },
  });
  process.exitCode = status ?? 1;
}

async function isComplete() {
  try {
    await import("@nomicfoundation/edr");
    return true;
  } catch {
    return false;
  }
}
