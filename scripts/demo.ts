/**
 * Tells Aceso's story on a chain of its own: `npm run demo`, or `npm run demo -- --bundle FILE` with any FHIR R4 bundle.
 */
import { parseArgs } from "node:util";

import { AcesoError } from "../src/errors.js";
import { chartFrom } from "./demo/charts.js";
import { foundation } from "./demo/foundation.js";
import { insurance, ownClaims } from "./demo/insurance.js";
import { medication } from "./demo/medication.js";
import { research } from "./demo/research.js";
import { openStage } from "./demo/stage.js";

try {
  const { values } = parseArgs({ options: { bundle: { type: "string" } } });
  const bundle = await chartFrom(values.bundle);
  const stage = await openStage();
  console.log(`Aceso on an in-process chain: ${stage.contractCount} contracts deployed through Ignition.`);
  await foundation(stage, bundle);
  await medication();
  await insurance();
  await research();
  if (values.bundle !== undefined) await ownClaims(bundle);
} catch (error) {
  if (!(error instanceof AcesoError)) throw error;
  console.error(`${error.name}: ${error.message}\n${error.advice}`);
  process.exitCode = 1;
}
