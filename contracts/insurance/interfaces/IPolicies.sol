// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {PlanId} from "../../types/Plan.sol";
import {Policy, PolicyId} from "../../types/Policy.sol";

/// @notice A policy as it stands, with its accumulators: what its live claims come to. In token units. Two slots.
struct PolicyState {
    /// What counted towards the deductible.
    uint96 deductible;
    /// What counted towards the out-of-pocket maximum.
    uint96 outOfPocket;
    /// The first day whose services it covers no more, counted from 1970-01-01; zero when there is no such policy.
    uint24 endDay;
    bool closed;
    /// Whether the premium was paid here, and not settled elsewhere.
    bool purchased;
    /// What counted towards the annual limit.
    uint96 benefit;
    /// What was paid at once.
    uint96 autoApproved;
}

/// @title IPolicies
/// @notice Insurance policies: issued or bought, ended, closed.
interface IPolicies {
    /// @notice A policy began.
    /// @param id The hash of its key.
    /// @param plan Of which plan.
    /// @param patient Who is insured.
    /// @param policy Its key.
    /// @param actor Who issued or bought it.
    event PolicyIssued(PolicyId indexed id, PlanId indexed plan, address indexed patient, Policy policy, address actor);

    /// @notice A policy ends earlier.
    /// @param id The policy.
    /// @param endDay The first day whose services it covers no more.
    /// @param actor Who ended it: the patient, or who acted for the insurer.
    event PolicyTerminated(PolicyId indexed id, uint24 endDay, address actor);

    /// @notice A policy's run-off is over: it binds no collateral any more.
    /// @param id The policy.
    /// @param plan Of which plan.
    event PolicyClosed(PolicyId indexed id, PlanId indexed plan);

    /// @notice There is no such policy.
    error PolicyUnknown(PolicyId id);
    /// @notice It was issued or bought already; another takes another document.
    error PolicyExists(PolicyId id);
    /// @notice A policy covers at least a day, at most 366, not all of them past, and begins within as many days.
    error PolicyTermInvalid(uint24 firstDay, uint24 endDay);
    /// @notice A policy has a patient and a holder.
    error PolicyPartyZero();
    /// @notice The quote is for another holder: only the holder or its staff may buy.
    error QuoteNotYours(address holder, address caller);
    /// @notice Whoever signed the quote does not act for a licensed insurer of this plan.
    error QuoteSignerUnauthorized(address insurer, address signer);
    /// @notice Only the insurer or the patient ends a policy.
    error TerminationUnauthorized(PolicyId id, address caller);
    /// @notice A policy is only ended earlier than it ends, by the patient from tomorrow on, by the insurer with notice.
    error TerminationDayInvalid(PolicyId id, uint24 endDay, uint24 earliest, uint24 latest);
    /// @notice Claims may come until this day.
    error PolicyRunningOff(PolicyId id, uint24 untilDay);
    /// @notice It is closed already.
    error PolicyIsClosed(PolicyId id);

    /// @notice Issues a policy; the premium, if any, is settled elsewhere. By the plan's licensed insurer.
    /// @dev Errors: `PlanNotPublished`, `InsurerUnauthorized`, `PolicyPartyZero`, `PolicyTermInvalid`, `PolicyExists`,
    /// `ReserveShort`, `EnforcedPause`.
    /// @param policy Its key.
    function issue(Policy calldata policy) external;

    /// @notice Buys a policy with the insurer's signed quote; the premium goes into the plan's reserve. By its holder.
    /// @dev EIP-712: `Quote(bytes32 plan,address patient,address holder,uint24 firstDay,uint24 endDay,uint96 premium,bytes32
    /// document,uint256 deadline)`. Errors: as `issue`, `QuoteNotYours`, `QuoteSignerUnauthorized`, `SignatureExpired`,
    /// `SignatureInvalid`, `TokenTookFee`, and the token's.
    /// @param policy Its key; the caller is the holder, or acts for it, and has approved the premium.
    /// @param authorization The signer is the insurer or its staff.
    /// @param signature The signer's: 65 bytes, or what an ERC-1271 wallet takes.
    function purchase(Policy calldata policy, Authorization calldata authorization, bytes calldata signature) external;

    /// @notice Ends a policy early, never in the past. An insurer that does so owes the holder the premium of the days
    /// it takes away: credited, for `withdrawCredit`.
    /// @dev Errors: `PolicyUnknown`, `TerminationUnauthorized`, `TerminationDayInvalid`; of the insurer `ReserveShort`.
    /// @param policy Its key.
    /// @param endDay The first day whose services it covers no more: by the patient at least tomorrow, by the insurer at
    /// least 30 days ahead.
    function terminate(Policy calldata policy, uint24 endDay) external;

    /// @notice Relays a signed end of a policy.
    /// @dev EIP-712: `TerminatePolicy(bytes32 policy,uint24 endDay,uint256 deadline)`. It only ever shortens, so it needs no
    /// nonce. Errors: as `terminate`, `SignatureExpired`, `SignatureInvalid`.
    /// @param policy Its key.
    /// @param endDay The first day whose services it covers no more.
    /// @param authorization The signer is the patient, or acts for the insurer.
    /// @param signature The signer's: 65 bytes, or what an ERC-1271 wallet takes.
    function terminateBySig(
        Policy calldata policy,
        uint24 endDay,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Frees the collateral of a policy whose run-off is over. By anyone.
    /// @dev Errors: `PolicyUnknown`, `PolicyRunningOff`, `PolicyIsClosed`.
    /// @param policy Its key.
    function close(Policy calldata policy) external;

    /// @notice A policy as it stands.
    /// @param id The policy.
    /// @return The policy and its accumulators; all zero when there is none.
    function policyOf(PolicyId id) external view returns (PolicyState memory);
}
