// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {Cover, PackedBenefit} from "../types/Benefit.sol";
import {Line} from "../types/Claim.sol";
import {Accumulators, Limits, LineOutcome, Outcome} from "../types/Outcome.sol";

/// @title Adjudication
/// @notice What a plan, a patient and a provider each bear of a claim, line by line.
/// @dev Every part is a part of what was billed, so all sums fit 96 bits once that does; hence the `unchecked`.
library Adjudication {
    /// @dev What is left of each limit, in token units.
    struct Left {
        uint256 deductible;
        uint256 outOfPocket;
        uint256 benefit;
    }

    /// @dev Adjudicates lines in order: `IPlanRegistry.adjudicate`.
    function adjudicate(
        Limits memory limits,
        Accumulators memory before,
        uint24 networkEnd,
        PackedBenefit[] memory benefits,
        Line[] calldata lines,
        uint96[] memory authorized
    ) internal pure returns (Outcome memory outcome, LineOutcome[] memory outcomes) {
        Left memory left = _leftOf(limits, before);
        outcomes = new LineOutcome[](lines.length);
        uint256 billed;

        for (uint256 i; i < lines.length; ++i) {
            LineOutcome memory result = _adjudicate(lines[i], benefits[i], authorized[i], networkEnd, left);
            outcomes[i] = result;
            unchecked {
                billed += result.benefit + result.patientShare + result.writeOff;
                outcome.benefit += result.benefit;
                outcome.patientShare += result.patientShare;
                outcome.writeOff += result.writeOff;
                outcome.deductible += result.deductible;
                outcome.outOfPocket += result.copay + result.deductible + result.coinsurance;
            }
        }
        require(billed <= type(uint96).max, IPlanRegistry.ClaimTooLarge(billed));
        outcome.billed = uint96(billed);
    }

    function _adjudicate(
        Line calldata line,
        PackedBenefit benefit,
        uint256 authorized,
        uint24 networkEnd,
        Left memory left
    ) internal pure returns (LineOutcome memory result) {
        unchecked {
            uint256 billed = line.billed;
            uint256 eligible;
            if (benefit.cover() == Cover.Covered) {
                // 96 bits by 32.
                eligible = _min(billed, (benefit.allowed() * line.quantity) / 1000);
                if (benefit.needsPreauthorization()) eligible = _min(eligible, authorized);
                // What is above the allowed amount, or not preauthorised, is the provider's loss in network.
                if (line.day < networkEnd) result.writeOff = uint96(billed - eligible);
            }

            // What the plan's rules make the patient's part.
            uint256 copay = _min(benefit.copay(), eligible);
            uint256 deductible = benefit.deductibleApplies() ? _min(eligible - copay, left.deductible) : 0;
            uint256 coinsurance = ((eligible - copay - deductible) * benefit.coinsuranceBps()) / 10_000;

            // What the out-of-pocket maximum leaves of it.
            uint256 outOfPocket = left.outOfPocket;
            copay = _min(copay, outOfPocket);
            outOfPocket -= copay;
            deductible = _min(deductible, outOfPocket);
            outOfPocket -= deductible;
            coinsurance = _min(coinsurance, outOfPocket);
            left.outOfPocket = outOfPocket - coinsurance;
            left.deductible -= deductible;

            // Beyond the annual limit the plan pays nothing.
            uint256 paid = _min(eligible - copay - deductible - coinsurance, left.benefit);
            left.benefit -= paid;

            result.eligible = uint96(eligible);
            result.copay = uint96(copay);
            result.deductible = uint96(deductible);
            result.coinsurance = uint96(coinsurance);
            result.benefit = uint96(paid);
            result.patientShare = uint96(billed - paid - result.writeOff);
        }
    }

    /// @dev A policy never passes its limits, and they never change; other accumulators leave nothing.
    function _leftOf(Limits memory limits, Accumulators memory before) internal pure returns (Left memory) {
        uint256 annualLimit = limits.annualLimit == 0 ? type(uint96).max : limits.annualLimit;
        return
            Left({
                deductible: _difference(limits.deductible, before.deductible),
                outOfPocket: _difference(limits.outOfPocketMax, before.outOfPocket),
                benefit: _difference(annualLimit, before.benefit)
            });
    }

    function _difference(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    function _min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }
}
