// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Bookkeeping} from "./Books.sol";
import {IPolicies, PolicyState} from "./interfaces/IPolicies.sol";
import {Reserve} from "./interfaces/IReserves.sol";
import {Reserves} from "./Reserves.sol";
import {Terminations} from "./Terminations.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {Payments} from "../types/Payments.sol";
import {PlanId} from "../types/Plan.sol";
import {Policy, PolicyId, RUN_OFF_DAYS, today} from "../types/Policy.sol";
import {Role} from "../types/Role.sol";

/// @title Policies
/// @notice Insurance policies: issued or bought, ended, closed.
abstract contract Policies is IPolicies, Reserves, EIP712, Pausable, AccessManaged {
    using Authorizations for Authorization;

    /* CONSTANTS */

    /// @notice How long a policy lasts at most, in days.
    uint24 public constant MAX_TERM_DAYS = 366;

    bytes32 internal constant QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 plan,address patient,address holder,uint24 firstDay,uint24 endDay,uint96 premium,bytes32 document,uint256 deadline)"
    );

    bytes32 internal constant TERMINATE_TYPEHASH = keccak256(
        "TerminatePolicy(bytes32 policy,uint24 endDay,uint256 deadline)"
    );

    /* INSURER ACTIONS */

    /// @inheritdoc IPolicies
    function issue(Policy calldata policy) external whenNotPaused {
        (address insurer, bool published, , uint96 collateral) = _underwritingOf(policy.plan);
        require(_isInsurer(msg.sender, insurer), InsurerUnauthorized(insurer, msg.sender));

        _underwrite(policy, published, collateral, 0);
    }

    /* HOLDER ACTIONS */

    /// @inheritdoc IPolicies
    function purchase(
        Policy calldata policy,
        Authorization calldata authorization,
        bytes calldata signature
    ) external whenNotPaused nonReentrant {
        require(_actsFor(msg.sender, policy.holder), QuoteNotYours(policy.holder, msg.sender));
        (address insurer, bool published, address token, uint96 collateral) = _underwritingOf(policy.plan);
        require(_isInsurer(authorization.signer, insurer), QuoteSignerUnauthorized(insurer, authorization.signer));
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, policy, authorization.deadline)))
        );

        PolicyId id = _underwrite(policy, published, collateral, policy.premium);
        _books.policies[id].purchased = true;

        Payments.pull(token, msg.sender, policy.premium);
    }

    /* PATIENT AND INSURER ACTIONS */

    /// @inheritdoc IPolicies
    function terminate(Policy calldata policy, uint24 endDay) external {
        _terminate(policy, endDay, msg.sender);
    }

    /// @inheritdoc IPolicies
    function terminateBySig(
        Policy calldata policy,
        uint24 endDay,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(TERMINATE_TYPEHASH, policy.toId(), endDay, authorization.deadline)))
        );

        _terminate(policy, endDay, authorization.signer);
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IPolicies
    function close(Policy calldata policy) external {
        PolicyId id = policy.toId();
        require(_books.policies[id].endDay != 0, PolicyUnknown(id));
        uint24 untilDay = _books.policies[id].endDay + RUN_OFF_DAYS;
        require(!_books.policies[id].closed, PolicyIsClosed(id));
        require(today() >= untilDay, PolicyRunningOff(id, untilDay));

        _books.policies[id].closed = true;
        // Each closed policy was counted.
        unchecked {
            --_books.reserves[policy.plan].policies;
        }

        emit PolicyClosed(id, policy.plan);
    }

    /* VIEWS */

    /// @inheritdoc IPolicies
    function policyOf(PolicyId id) external view returns (PolicyState memory) {
        return _books.policies[id];
    }

    /* INTERNAL */

    function _underwrite(
        Policy calldata policy,
        bool published,
        uint96 collateral,
        uint96 premium
    ) internal returns (PolicyId id) {
        id = policy.toId();
        PlanId plan = policy.plan;
        require(published, PlanNotPublished(plan));
        require(policy.patient != address(0) && policy.holder != address(0), PolicyPartyZero());
        (uint24 firstDay, uint24 endDay) = (policy.firstDay, policy.endDay);
        require(
            firstDay < endDay &&
                endDay - firstDay <= MAX_TERM_DAYS &&
                endDay > today() &&
                firstDay <= today() + MAX_TERM_DAYS,
            PolicyTermInvalid(firstDay, endDay)
        );
        require(_books.policies[id].endDay == 0, PolicyExists(id));
        if (premium != 0) _books.collect(plan, premium);
        Reserve memory reserve = _books.reserves[plan];
        ++reserve.policies;
        Bookkeeping.requireFree(plan, reserve, collateral, 0);

        _books.reserves[plan].policies = reserve.policies;
        _books.policies[id].endDay = endDay;

        emit PolicyIssued(id, plan, policy.patient, policy, msg.sender);
    }

    function _terminate(Policy calldata policy, uint24 endDay, address actor) internal {
        Terminations.terminate(_books, ACCREDITATION, PLANS, policy, endDay, actor);
    }

    function _isInsurer(address actor, address insurer) internal view returns (bool) {
        return ACCREDITATION.mayAct(actor, insurer, Role.Insurer);
    }
}
