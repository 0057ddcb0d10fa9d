// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Benefit, PackedBenefit} from "../../types/Benefit.sol";
import {Line} from "../../types/Claim.sol";
import {Accumulators, Limits, LineOutcome, Outcome} from "../../types/Outcome.sol";
import {PlanId, PlanKey, ServiceKey} from "../../types/Plan.sol";

/// @notice What a plan promises, for each policy and its term. Amounts in token units, windows in seconds. Five slots.
struct PlanTerms {
    /// What the patient pays before benefits, where the deductible applies.
    uint96 deductible;
    /// The most a patient pays as copay, deductible and coinsurance; from there on the plan pays. Not below `deductible`.
    uint96 outOfPocketMax;
    /// How long the insurer may take to decide.
    uint32 responseWindow;
    /// How long provider and patient may take to appeal.
    uint32 appealWindow;
    /// The most the plan pays; zero for no limit but that of the field, 2^96 - 1.
    uint96 annualLimit;
    /// Up to which benefit an acknowledged claim is paid at once.
    uint96 autoApproveClaim;
    /// How long each of the two arbitrators may take to rule.
    uint32 rulingWindow;
    /// The ERC-20 that premiums, reserves and benefits are in.
    address token;
    /// Up to which benefit a policy's claims are paid at once in all.
    uint96 autoApproveYear;
    /// Rules on appeals.
    address arbitrator;
    /// What the insurer pays the arbitrator for a ruling.
    uint96 rulingFee;
    /// Rules when the arbitrator is silent.
    address fallbackArbitrator;
    /// How much of the reserve each live policy binds.
    uint96 collateral;
}

/// @notice What adjudicating and paying a claim needs of a plan.
struct ClaimTerms {
    Limits limits;
    address token;
    uint96 autoApproveClaim;
    uint96 autoApproveYear;
    uint32 responseWindow;
}

/// @notice What hearing an appeal needs of a plan.
struct AppealTerms {
    uint32 appealWindow;
    uint32 rulingWindow;
    address arbitrator;
    address fallbackArbitrator;
    uint96 rulingFee;
}

/// @title IPlanRegistry
/// @notice Insurance plans: drafted, published and from then on frozen.
interface IPlanRegistry {
    /// @notice An insurer drafted a plan, or changed the draft's terms.
    /// @param id The hash of its key.
    /// @param insurer Whose plan.
    /// @param name What the insurer calls it.
    /// @param terms Its terms.
    /// @param actor Who acted for the insurer.
    event PlanDrafted(PlanId indexed id, address indexed insurer, bytes32 name, PlanTerms terms, address actor);

    /// @notice A draft's benefits were set.
    /// @param id The plan.
    /// @param services The services' keys.
    /// @param benefits What the plan pays for each; `Unlisted` takes a service out.
    event BenefitsSet(PlanId indexed id, ServiceKey[] services, Benefit[] benefits);

    /// @notice Providers came into a plan's network, or a draft's insurer took them out.
    /// @param id The plan.
    /// @param providers The providers.
    /// @param member Whether they are in it now.
    event NetworkSet(PlanId indexed id, address[] providers, bool member);

    /// @notice A provider left a plan's network.
    /// @param id The plan.
    /// @param provider The provider.
    /// @param endDay The first day whose services are out of network, counted from 1970-01-01.
    /// @param actor Who acted for the provider.
    event NetworkLeft(PlanId indexed id, address indexed provider, uint24 endDay, address actor);

    /// @notice A plan was published: its terms and benefits are frozen.
    /// @param id The plan.
    /// @param insurer Whose plan.
    /// @param actor Who acted for the insurer.
    event PlanPublished(PlanId indexed id, address indexed insurer, address actor);

    /// @notice The insurer has no live licence, or the caller does not act for it.
    error PlanUnauthorized(address insurer, address caller);
    /// @notice The plan is published, so its terms are frozen: a change is a new plan.
    error PlanFrozen(PlanId id);
    /// @notice No such plan has been drafted.
    error PlanUnknown(PlanId id);
    /// @notice A plan needs a token; this address has no code.
    error PlanTokenMissing(address token);
    /// @notice No deductible is above the out-of-pocket maximum.
    error PlanDeductibleAboveMax(uint96 deductible, uint96 outOfPocketMax);
    /// @notice No claim is paid at once beyond what a year's are.
    error PlanAutoApproveAboveYear(uint96 claim, uint96 year);
    /// @notice A window lies outside its bounds. All in seconds.
    error PlanWindowOutOfBounds(uint32 window, uint32 atLeast, uint32 atMost);
    /// @notice An arbitrator is licensed, and none of: the insurer, its staff or its organisation, the other arbitrator.
    error ArbitratorNotIndependent(address arbitrator);
    /// @notice Each service comes with one benefit.
    error BenefitsMismatch(uint256 services, uint256 benefits);
    /// @notice The patient's part is at most all of it: 10,000.
    error CoinsuranceAboveAll(ServiceKey service, uint16 coinsuranceBps);
    /// @notice A published plan's network only grows: the insurer cannot turn a provider out.
    error NetworkOnlyGrows(PlanId id);
    /// @notice The provider left the network, and only a new plan can name it again.
    error NetworkWasLeft(PlanId id, address provider);
    /// @notice The provider is not in the network, or the caller does not act for it.
    error NetworkNotYours(PlanId id, address provider, address caller);
    /// @notice The plan does not know the service: ask the insurer for its key, or leave the line out.
    error ServiceUnknown(PlanId id, ServiceKey service);
    /// @notice A claim's lines together are at most 2^96 - 1 token units.
    error ClaimTooLarge(uint256 billed);

    /// @notice Drafts a plan, or changes a draft's terms. By a licensed Insurer.
    /// @dev Errors: `PlanUnauthorized`, `PlanFrozen`. What the terms must keep is checked when they are published.
    /// @param key Its insurer, whom the caller is or acts for, and its name.
    /// @param terms Its terms.
    function draft(PlanKey calldata key, PlanTerms calldata terms) external;

    /// @notice Sets what a draft pays for services.
    /// @dev Errors: `PlanUnknown`, `PlanUnauthorized`, `PlanFrozen`, `BenefitsMismatch`, `CoinsuranceAboveAll`.
    /// @param key The plan.
    /// @param services The services' keys.
    /// @param benefits What the plan pays for each.
    function setBenefits(PlanKey calldata key, ServiceKey[] calldata services, Benefit[] calldata benefits) external;

    /// @notice Names providers of a plan's network; a draft's may be taken out again.
    /// @dev Errors: `PlanUnknown`, `PlanUnauthorized`, `NetworkOnlyGrows`, `NetworkWasLeft`.
    /// @param key The plan.
    /// @param providers The providers.
    /// @param member Whether they are in it.
    function setNetwork(PlanKey calldata key, address[] calldata providers, bool member) external;

    /// @notice Takes a provider out of a plan's network, from tomorrow's services on. By the provider.
    /// @dev Because an insurer names its network alone, and in network the excess is the provider's loss. Errors:
    /// `NetworkNotYours`.
    /// @param id The plan.
    /// @param provider The provider the caller is, or acts for.
    function leaveNetwork(PlanId id, address provider) external;

    /// @notice Publishes a draft and freezes it.
    /// @dev Errors: `PlanUnknown`, `PlanUnauthorized`, `PlanFrozen`, `PlanTokenMissing`, `PlanDeductibleAboveMax`,
    /// `PlanAutoApproveAboveYear`, `PlanWindowOutOfBounds`, `ArbitratorNotIndependent`.
    /// @param key The plan; the caller is its licensed insurer, or acts for it.
    function publish(PlanKey calldata key) external;

    /// @notice A plan's terms, drafted or published.
    /// @param id The plan.
    /// @return The terms; all zero when there are none.
    function termsOf(PlanId id) external view returns (PlanTerms memory);

    /// @notice What a plan pays for a service.
    /// @param id The plan.
    /// @param service The service's key.
    /// @return The benefit; `Unlisted` when the plan does not know the service.
    function benefitOf(PlanId id, ServiceKey service) external view returns (Benefit memory);

    /// @notice Until when a provider is in a plan's network.
    /// @param id The plan.
    /// @param provider The provider.
    /// @return The first day whose services are out of network, counted from 1970-01-01; zero when it never was in it.
    function networkEndOf(PlanId id, address provider) external view returns (uint24);

    /// @notice Who insures, and whether the plan is published.
    /// @param id The plan.
    /// @return insurer Whose plan; zero when there is none.
    /// @return published Whether it is published.
    function insurerOf(PlanId id) external view returns (address insurer, bool published);

    /// @notice What underwriting a policy needs of a plan.
    /// @param id The plan.
    /// @return insurer Whose plan.
    /// @return published Whether it is published.
    /// @return token The ERC-20 it is in.
    /// @return collateral How much of the reserve each live policy binds.
    function underwritingOf(
        PlanId id
    ) external view returns (address insurer, bool published, address token, uint96 collateral);

    /// @notice What adjudicating a claim needs of a plan, in one call.
    /// @dev Errors: `ServiceUnknown`.
    /// @param id The plan.
    /// @param provider The provider.
    /// @param services The services of the claim's lines.
    /// @return terms The plan's terms.
    /// @return networkEnd The first day whose services are out of the provider's network, counted from 1970-01-01.
    /// @return benefits What the plan pays for each service.
    function claimTermsOf(
        PlanId id,
        address provider,
        ServiceKey[] calldata services
    ) external view returns (ClaimTerms memory terms, uint24 networkEnd, PackedBenefit[] memory benefits);

    /// @notice What becomes of a claim's lines under a plan. Since plans are frozen, it also tells what became of a claim
    /// in the past, given what its policy's earlier claims came to then.
    /// @dev Errors: `ServiceUnknown`, `ClaimTooLarge`.
    /// @param id The plan.
    /// @param provider The provider.
    /// @param before What the policy's earlier claims came to.
    /// @param lines The lines.
    /// @param authorized What the insurer preauthorised for each line, in token units; zero for nothing.
    /// @return outcome The sums.
    /// @return outcomes What becomes of each line.
    function adjudicate(
        PlanId id,
        address provider,
        Accumulators calldata before,
        Line[] calldata lines,
        uint96[] calldata authorized
    ) external view returns (Outcome memory outcome, LineOutcome[] memory outcomes);

    /// @notice What would become of a claim's lines under a plan that need not be on chain: the very code of `adjudicate`.
    /// @dev Errors: `CoinsuranceAboveAll`, `ClaimTooLarge`.
    /// @param limits The plan's.
    /// @param before What the policy's earlier claims came to.
    /// @param networkEnd The first day whose services are out of network, counted from 1970-01-01.
    /// @param benefits What the plan pays for each line's service.
    /// @param lines The lines.
    /// @param authorized What the insurer preauthorised for each line, in token units; zero for nothing.
    /// @return outcome The sums.
    /// @return outcomes What becomes of each line.
    function simulate(
        Limits calldata limits,
        Accumulators calldata before,
        uint24 networkEnd,
        Benefit[] calldata benefits,
        Line[] calldata lines,
        uint96[] calldata authorized
    ) external pure returns (Outcome memory outcome, LineOutcome[] memory outcomes);

    /// @notice What hearing an appeal needs of a plan.
    /// @param id The plan.
    /// @return The windows, the arbitrators and their fee.
    function appealTermsOf(PlanId id) external view returns (AppealTerms memory);
}
