/**
 * Prices every operation on a real deployment, checks that none grows with use, and that sealing is fast.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { Listr } from "listr2";

import { startBench } from "./bench/bench.js";
import { writeGasPage } from "./bench/docs.js";
import { growths, overruns, serialFaults, slowness } from "./bench/findings.js";
import { measure, type Measured } from "./bench/flatness.js";
import { allOperations } from "./bench/operations.js";
import { flatnessRows, onScreen, priceRows, serialRows, throughputRows } from "./bench/report.js";
import { measureSerials } from "./bench/serials.js";
import { measureThroughput } from "./bench/throughput.js";

const GAS_PAGE = fileURLToPath(new URL("../docs/gas.md", import.meta.url));

type Options = { json?: string; docs?: boolean };

const { json, docs } = new Command("bench")
  .description("Price every operation on a real deployment. Exits with 1 when a figure is not as it must be.")
  .option("--json <file>", "also write the prices as JSON")
  .option("--docs", "also write docs/gas.md")
  .parse()
  .opts<Options>();

// First, while the process holds nothing else.
const throughput = await step("Seal and open 10 MB", measureThroughput);
const serials = await step("Turn a million serials into a root, and 100,000 payees into proofs", measureSerials);
const measured = await measureAll();
const prices = measured.map(({ price }) => price);
const flatness = measured.map(({ flatness }) => flatness);

console.log(onScreen(priceRows(measured)));
console.log(onScreen(flatnessRows(flatness)));
console.log(onScreen(throughputRows(throughput)));
console.log(onScreen(serialRows(serials)));
if (json !== undefined) await writeFile(json, `${JSON.stringify(prices, null, 2)}\n`);
if (docs) await writeGasPage(GAS_PAGE, measured);

const findings = [...overruns(prices), ...growths(flatness), ...slowness(throughput), ...serialFaults(serials)];
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;

async function measureAll(): Promise<Measured[]> {
  const bench = await step("Deploy the system", startBench);
  try {
    const measured: Measured[] = [];
    for (const operation of await allOperations(bench)) {
      measured.push(await step(operation.name, () => measure(bench, operation)));
    }
    return measured;
  } finally {
    await bench.close();
  }
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const results: T[] = [];
  await new Listr([{ title, task: async () => void results.push(await work()) }]).run();
  return results[0]!;
}
