// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What limits the patient's part and the plan's, in token units.
struct Limits {
    uint96 deductible;
    uint96 outOfPocketMax;
    /// Zero for no limit.
    uint96 annualLimit;
}

/// @notice What a policy's earlier claims came to, in token units.
struct Accumulators {
    uint96 deductible;
    uint96 outOfPocket;
    uint96 benefit;
}

/// @notice What becomes of one line, in token units. `billed = benefit + patientShare + writeOff`.
struct LineOutcome {
    /// What the plan's rules apply to.
    uint96 eligible;
    uint96 copay;
    /// What counts towards the deductible.
    uint96 deductible;
    uint96 coinsurance;
    /// What the plan pays.
    uint96 benefit;
    /// What the patient pays, copay, deductible and coinsurance included.
    uint96 patientShare;
    /// What the provider loses.
    uint96 writeOff;
}

/// @notice What becomes of a claim: the sums of its lines, in token units.
struct Outcome {
    uint96 billed;
    uint96 benefit;
    uint96 patientShare;
    uint96 writeOff;
    uint96 deductible;
    /// Copay, deductible and coinsurance: what counts towards the out-of-pocket maximum.
    uint96 outOfPocket;
}
