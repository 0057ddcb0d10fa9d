import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Accreditation from "./Accreditation.js";
import Admin from "./Admin.js";
import Consent from "./Consent.js";
import Records from "./Records.js";

/** A billion tokens of 18 decimals. */
const CAP = 10n ** 27n;

/**
 * Studies and what they owe their participants, payouts to cohorts, and a token for those who reward in points.
 *
 * Parameter: `rewardTokenCap` (token units; a billion tokens when not given).
 */
export default buildModule("Research", (m) => {
  const { accessManager } = m.useModule(Admin);
  const { accreditation } = m.useModule(Accreditation);
  const { consentRegistry } = m.useModule(Consent);
  const { recordRegistry } = m.useModule(Records);
  const studyRewards = m.contract("StudyRewards", [accreditation, consentRegistry, recordRegistry], {
    libraries: { Proposals: m.library("Proposals") },
  });
  const rewardDistributor = m.contract("RewardDistributor");
  const rewardToken = m.contract("RewardToken", [accessManager, m.getParameter("rewardTokenCap", CAP)]);
  return { studyRewards, rewardDistributor, rewardToken };
});
