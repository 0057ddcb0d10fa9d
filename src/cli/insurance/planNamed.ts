/**
 * Finding the plan somebody names.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { planOf, type Plan } from "../../insurance/plan.js";

/**
 * A plan as it stands.
 *
 * @param asked as {@link planOf} takes it.
 * @throws {@link PlanNotDraftedError} when there is none.
 */
export async function planNamed(aceso: Aceso, id: Hex, asked?: Parameters<typeof planOf>[2]): Promise<Plan> {
  const plan = await planOf(aceso, id, asked);
  if (plan === undefined) throw new PlanNotDraftedError();
  return plan;
}

/** A plan was never drafted. */
export class PlanNotDraftedError extends AcesoError {
  override name = "PlanNotDraftedError";
  constructor() {
    super("There is no such plan.", "Take its id as `aceso plan create` printed it, and check --rpc and --deployment.");
  }
}
