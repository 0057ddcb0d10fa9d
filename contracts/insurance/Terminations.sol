// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {Books} from "./Books.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IPolicies} from "./interfaces/IPolicies.sol";
import {IReserves} from "./interfaces/IReserves.sol";
import {Policy, PolicyId, today} from "../types/Policy.sol";

/// @title Terminations
/// @notice Ends policies early. Linked to the escrow.
library Terminations {
    /// @dev How far ahead an insurer ends a policy at least, in days, because the ill must find another.
    uint24 internal constant NOTICE_DAYS = 30;

    /// @notice Ends a policy early: `IPolicies.terminate`.
    /// @param books The escrow's books.
    /// @param accreditation Who is on whose staff.
    /// @param plans What plans promise.
    /// @param policy Its key.
    /// @param endDay The first day whose services it covers no more.
    /// @param actor The patient, or who acts for the insurer.
    function terminate(
        Books storage books,
        IAccreditation accreditation,
        IPlanRegistry plans,
        Policy calldata policy,
        uint24 endDay,
        address actor
    ) external {
        PolicyId id = policy.toId();
        uint24 standing = books.policies[id].endDay;
        require(standing != 0, IPolicies.PolicyUnknown(id));
        bool isPatient = actor == policy.patient;
        (address insurer, , address token, uint96 collateral) = plans.underwritingOf(policy.plan);
        require(isPatient || accreditation.actsFor(actor, insurer), IPolicies.TerminationUnauthorized(id, actor));
        uint24 earliest = today() + (isPatient ? 1 : NOTICE_DAYS);
        require(
            endDay >= earliest && endDay < standing,
            IPolicies.TerminationDayInvalid(id, endDay, earliest, standing)
        );

        books.policies[id].endDay = endDay;

        emit IPolicies.PolicyTerminated(id, endDay, actor);

        if (!isPatient && books.policies[id].purchased) {
            _refund(books, policy, token, collateral, _lost(policy, endDay, standing));
        }
    }

    function _refund(
        Books storage books,
        Policy calldata policy,
        address token,
        uint96 collateral,
        uint96 refund
    ) internal {
        if (refund == 0) return;
        books.spend(policy.plan, collateral, refund);
        books.credits[token][policy.holder] += refund;

        emit IReserves.PaymentCredited(token, policy.holder, refund);
    }

    /// @dev The premium of the days an insurer takes away, which it owes the holder because it would sell a year and keep what it
    /// was paid for the rest.
    function _lost(Policy calldata policy, uint24 endDay, uint24 standing) internal pure returns (uint96) {
        uint256 from = endDay > policy.firstDay ? endDay : policy.firstDay;
        if (standing <= from) return 0;
        // A part of the premium, so it fits.
        return uint96((policy.premium * (standing - from)) / (policy.endDay - policy.firstDay));
    }
}
