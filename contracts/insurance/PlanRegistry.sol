// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {Adjudication} from "./Adjudication.sol";
import {AppealTerms, ClaimTerms, IPlanRegistry, PlanTerms} from "./interfaces/IPlanRegistry.sol";
import {Benefit, Cover, PackedBenefit} from "../types/Benefit.sol";
import {Line} from "../types/Claim.sol";
import {Accumulators, Limits, LineOutcome, Outcome} from "../types/Outcome.sol";
import {PlanId, PlanKey, ServiceKey} from "../types/Plan.sol";
import {today} from "../types/Policy.sol";
import {Role} from "../types/Role.sol";

/// @title PlanRegistry
/// @notice Insurance plans: drafted, published and from then on frozen.
contract PlanRegistry is IPlanRegistry, Multicall {
    /* TYPES */

    /// @dev Whose plan. One storage slot.
    struct Insurer {
        address account;
        bool published;
    }

    /* CONSTANTS */

    /// @notice What an insurer may take to decide, at least and at most (29 CFR 2560.503-1(f)(2)(iii)(B): 30 days and 15).
    uint32 public constant MIN_RESPONSE_WINDOW = 1 days;
    /// @notice See `MIN_RESPONSE_WINDOW`.
    uint32 public constant MAX_RESPONSE_WINDOW = 45 days;

    /// @notice What provider and patient may take to appeal (29 CFR 2560.503-1(h)(3)(i): 180 days).
    uint32 public constant MIN_APPEAL_WINDOW = 30 days;
    /// @notice See `MIN_APPEAL_WINDOW`.
    uint32 public constant MAX_APPEAL_WINDOW = 365 days;

    /// @notice What an arbitrator may take to rule (45 CFR 147.136(d): an external review takes at most 45 days).
    uint32 public constant MIN_RULING_WINDOW = 3 days;
    /// @notice See `MIN_RULING_WINDOW`.
    uint32 public constant MAX_RULING_WINDOW = 60 days;

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /* STORAGE */

    /// @inheritdoc IPlanRegistry
    mapping(PlanId id => mapping(address provider => uint24)) public networkEndOf;

    mapping(PlanId id => Insurer) internal _insurers;

    mapping(PlanId id => PlanTerms) internal _terms;

    mapping(PlanId id => mapping(ServiceKey service => PackedBenefit)) internal _benefits;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation) {
        ACCREDITATION = accreditation;
    }

    /* INSURER ACTIONS */

    /// @inheritdoc IPlanRegistry
    function draft(PlanKey calldata key, PlanTerms calldata terms) external {
        PlanId id = key.toId();
        _requireInsurer(key.insurer);
        require(!_insurers[id].published, PlanFrozen(id));

        _insurers[id].account = key.insurer;
        _terms[id] = terms;

        emit PlanDrafted(id, key.insurer, key.name, terms, msg.sender);
    }

    /// @inheritdoc IPlanRegistry
    function setBenefits(PlanKey calldata key, ServiceKey[] calldata services, Benefit[] calldata benefits) external {
        PlanId id = _draftOf(key);
        require(services.length == benefits.length, BenefitsMismatch(services.length, benefits.length));

        for (uint256 i; i < services.length; ++i) {
            _requireWithinAll(services[i], benefits[i].coinsuranceBps);
            _benefits[id][services[i]] = benefits[i].pack();
        }

        emit BenefitsSet(id, services, benefits);
    }

    /// @inheritdoc IPlanRegistry
    function setNetwork(PlanKey calldata key, address[] calldata providers, bool member) external {
        (PlanId id, bool published) = _ownPlan(key);
        require(member || !published, NetworkOnlyGrows(id));

        for (uint256 i; i < providers.length; ++i) {
            uint24 end = networkEndOf[id][providers[i]];
            require(end == 0 || end == type(uint24).max, NetworkWasLeft(id, providers[i]));
            networkEndOf[id][providers[i]] = member ? type(uint24).max : 0;
        }

        emit NetworkSet(id, providers, member);
    }

    /// @inheritdoc IPlanRegistry
    function publish(PlanKey calldata key) external {
        PlanId id = _draftOf(key);
        PlanTerms memory terms = _terms[id];
        require(terms.token.code.length != 0, PlanTokenMissing(terms.token));
        require(
            terms.deductible <= terms.outOfPocketMax,
            PlanDeductibleAboveMax(terms.deductible, terms.outOfPocketMax)
        );
        require(
            terms.autoApproveClaim <= terms.autoApproveYear,
            PlanAutoApproveAboveYear(terms.autoApproveClaim, terms.autoApproveYear)
        );
        _requireWithin(terms.responseWindow, MIN_RESPONSE_WINDOW, MAX_RESPONSE_WINDOW);
        _requireWithin(terms.appealWindow, MIN_APPEAL_WINDOW, MAX_APPEAL_WINDOW);
        _requireWithin(terms.rulingWindow, MIN_RULING_WINDOW, MAX_RULING_WINDOW);
        _requireIndependent(terms.arbitrator, key.insurer);
        _requireIndependent(terms.fallbackArbitrator, key.insurer);
        require(
            !_areRelated(terms.arbitrator, terms.fallbackArbitrator),
            ArbitratorNotIndependent(terms.fallbackArbitrator)
        );

        _insurers[id].published = true;

        emit PlanPublished(id, key.insurer, msg.sender);
    }

    /* PROVIDER ACTIONS */

    /// @inheritdoc IPlanRegistry
    function leaveNetwork(PlanId id, address provider) external {
        require(
            networkEndOf[id][provider] == type(uint24).max && ACCREDITATION.actsFor(msg.sender, provider),
            NetworkNotYours(id, provider, msg.sender)
        );
        uint24 endDay = today() + 1;

        networkEndOf[id][provider] = endDay;

        emit NetworkLeft(id, provider, endDay, msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc IPlanRegistry
    function termsOf(PlanId id) external view returns (PlanTerms memory) {
        return _terms[id];
    }

    /// @inheritdoc IPlanRegistry
    function benefitOf(PlanId id, ServiceKey service) external view returns (Benefit memory) {
        return _benefits[id][service].unpack();
    }

    /// @inheritdoc IPlanRegistry
    function insurerOf(PlanId id) external view returns (address insurer, bool published) {
        Insurer memory held = _insurers[id];
        return (held.account, held.published);
    }

    /// @inheritdoc IPlanRegistry
    function underwritingOf(
        PlanId id
    ) external view returns (address insurer, bool published, address token, uint96 collateral) {
        Insurer memory held = _insurers[id];
        return (held.account, held.published, _terms[id].token, _terms[id].collateral);
    }

    /// @inheritdoc IPlanRegistry
    function claimTermsOf(
        PlanId id,
        address provider,
        ServiceKey[] calldata services
    ) external view returns (ClaimTerms memory terms, uint24 networkEnd, PackedBenefit[] memory benefits) {
        PlanTerms storage stored = _terms[id];
        terms = ClaimTerms({
            limits: _limitsOf(id),
            token: stored.token,
            autoApproveClaim: stored.autoApproveClaim,
            autoApproveYear: stored.autoApproveYear,
            responseWindow: stored.responseWindow
        });
        networkEnd = networkEndOf[id][provider];
        benefits = new PackedBenefit[](services.length);
        for (uint256 i; i < services.length; ++i) benefits[i] = _listed(id, services[i]);
    }

    /// @inheritdoc IPlanRegistry
    function adjudicate(
        PlanId id,
        address provider,
        Accumulators calldata before,
        Line[] calldata lines,
        uint96[] calldata authorized
    ) external view returns (Outcome memory outcome, LineOutcome[] memory outcomes) {
        PackedBenefit[] memory benefits = new PackedBenefit[](lines.length);
        for (uint256 i; i < lines.length; ++i) benefits[i] = _listed(id, lines[i].service);
        return Adjudication.adjudicate(_limitsOf(id), before, networkEndOf[id][provider], benefits, lines, authorized);
    }

    /// @inheritdoc IPlanRegistry
    function simulate(
        Limits calldata limits,
        Accumulators calldata before,
        uint24 networkEnd,
        Benefit[] calldata benefits,
        Line[] calldata lines,
        uint96[] calldata authorized
    ) external pure returns (Outcome memory outcome, LineOutcome[] memory outcomes) {
        PackedBenefit[] memory packed = new PackedBenefit[](benefits.length);
        for (uint256 i; i < benefits.length; ++i) {
            _requireWithinAll(lines[i].service, benefits[i].coinsuranceBps);
            packed[i] = benefits[i].pack();
        }
        return Adjudication.adjudicate(limits, before, networkEnd, packed, lines, authorized);
    }

    /// @inheritdoc IPlanRegistry
    function appealTermsOf(PlanId id) external view returns (AppealTerms memory) {
        PlanTerms storage stored = _terms[id];
        return
            AppealTerms({
                appealWindow: stored.appealWindow,
                rulingWindow: stored.rulingWindow,
                arbitrator: stored.arbitrator,
                fallbackArbitrator: stored.fallbackArbitrator,
                rulingFee: stored.rulingFee
            });
    }

    /* INTERNAL */

    /// @dev What a plan pays for a service it knows.
    function _listed(PlanId id, ServiceKey service) internal view returns (PackedBenefit benefit) {
        benefit = _benefits[id][service];
        require(benefit.cover() != Cover.Unlisted, ServiceUnknown(id, service));
    }

    function _limitsOf(PlanId id) internal view returns (Limits memory) {
        PlanTerms storage stored = _terms[id];
        return Limits(stored.deductible, stored.outOfPocketMax, stored.annualLimit);
    }

    function _requireInsurer(address insurer) internal view {
        require(ACCREDITATION.mayAct(msg.sender, insurer, Role.Insurer), PlanUnauthorized(insurer, msg.sender));
    }

    function _ownPlan(PlanKey calldata key) internal view returns (PlanId id, bool published) {
        id = key.toId();
        require(_insurers[id].account != address(0), PlanUnknown(id));
        _requireInsurer(key.insurer);
        published = _insurers[id].published;
    }

    function _draftOf(PlanKey calldata key) internal view returns (PlanId id) {
        bool published;
        (id, published) = _ownPlan(key);
        require(!published, PlanFrozen(id));
    }

    function _requireIndependent(address arbitrator, address insurer) internal view {
        require(
            ACCREDITATION.isLive(arbitrator, Role.Arbitrator) && !_areRelated(arbitrator, insurer),
            ArbitratorNotIndependent(arbitrator)
        );
    }

    /// @dev Whether two accounts are one, or one is on the other's staff.
    function _areRelated(address one, address other) internal view returns (bool) {
        return ACCREDITATION.actsFor(one, other) || ACCREDITATION.actsFor(other, one);
    }

    function _requireWithin(uint32 window, uint32 atLeast, uint32 atMost) internal pure {
        require(window >= atLeast && window <= atMost, PlanWindowOutOfBounds(window, atLeast, atMost));
    }

    function _requireWithinAll(ServiceKey service, uint16 coinsuranceBps) internal pure {
        require(coinsuranceBps <= 10_000, CoinsuranceAboveAll(service, coinsuranceBps));
    }
}
