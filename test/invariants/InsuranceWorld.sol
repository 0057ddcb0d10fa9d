// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Terms} from "../../contracts/consent/interfaces/IConsentRegistry.sol";
import {ClaimEscrow} from "../../contracts/insurance/ClaimEscrow.sol";
import {PlanTerms} from "../../contracts/insurance/interfaces/IPlanRegistry.sol";
import {PlanRegistry} from "../../contracts/insurance/PlanRegistry.sol";
import {Benefit, Cover} from "../../contracts/types/Benefit.sol";
import {CLAIMS_CATEGORY} from "../../contracts/types/Categories.sol";
import {PlanId, PlanKey, ServiceKey} from "../../contracts/types/Plan.sol";
import {Purposes} from "../../contracts/types/Purpose.sol";
import {Role} from "../../contracts/types/Role.sol";
import {vm} from "../Vm.sol";
import {RefusingToken} from "./RefusingToken.sol";
import {World} from "./World.sol";

/// @notice The world with the insurance contracts, three published plans, and everybody who pays, bills or judges.
contract InsuranceWorld is World {
    uint256 public constant PLAN_COUNT = 3;

    /// @notice HPAYMT: its place in `PurposeOfUse`.
    uint256 internal constant PAYMENT_BIT = 28;

    PlanRegistry public immutable PLANS;
    ClaimEscrow public immutable ESCROW;

    /// @notice On the first insurer's staff, and on the first provider's.
    address public immutable ADJUSTER;
    address public immutable BILLER;

    /// @notice Buys policies for others.
    address public immutable EMPLOYER;

    address[] public insurers;

    /// @notice A clinic in every plan's network, and a doctor in none.
    address[] public providers;

    address[] public arbitrators;

    RefusingToken[] public tokens;

    /// @notice Two plans of the first insurer in one token, the second with tight limits; one of the second insurer in
    /// another token.
    PlanId[] public plans;

    /// @notice Covered without deductible, covered with it, covered when preauthorised, excluded; and one no plan knows.
    ServiceKey[] public services;

    constructor(address admin) World(admin) {
        PLANS = new PlanRegistry(ACCREDITATION);
        ESCROW = new ClaimEscrow(address(MANAGER), ACCREDITATION, CONSENTS, PLANS);
        ADJUSTER = account("adjuster");
        BILLER = account("biller");
        EMPLOYER = account("employer");
        insurers = [account("insurer"), account("mutual")];
        providers = [account("clinic"), clinicians[0]];
        arbitrators = [account("arbitrator"), account("ombudsman")];
        tokens = [new RefusingToken(), new RefusingToken()];
        for (uint256 i; i < 5; ++i) services.push(ServiceKey.wrap(keccak256(abi.encode("service", i))));
        for (uint256 i; i < 2; ++i) {
            license(insurers[i], Role.Insurer);
            license(arbitrators[i], Role.Arbitrator);
            license(providers[i], roleOf(providers[i]));
            _furnish(insurers[i]);
            _furnish(providers[i]);
            _consent(patients[i]);
        }
        for (uint256 i; i < patients.length; ++i) _furnish(patients[i]);
        _furnish(EMPLOYER);
        _hire(insurers[0], ADJUSTER);
        _hire(providers[0], BILLER);
        for (uint256 i; i < PLAN_COUNT; ++i) _publish(i);
    }

    /// @notice Gives a licence, again if it was lost with its accreditor.
    function license(address participant, Role role) public {
        vm.prank(ADMIN);
        ACCREDITATION.setAccreditor(role, accreditors[0], true);
        vm.prank(accreditors[0]);
        ACCREDITATION.accredit(participant, role, type(uint40).max);
    }

    function provider(uint256 seed) external view returns (address) {
        return providers[seed % providers.length];
    }

    function roleOf(address ofProvider) public view returns (Role) {
        return ofProvider == providers[0] ? Role.Provider : Role.Practitioner;
    }

    function insurerOf(uint256 plan) public view returns (address) {
        return insurers[plan / 2];
    }

    function tokenOf(uint256 plan) public view returns (RefusingToken) {
        return tokens[plan / 2];
    }

    /// @notice How large the plan's amounts are.
    function scaleOf(uint256 plan) public pure returns (uint96) {
        return plan == 2 ? 10 : 1;
    }

    function termsOf(uint256 plan) external view returns (PlanTerms memory) {
        return PLANS.termsOf(plans[plan]);
    }

    /// @notice Who is ever paid by the escrow of itself: they have a credit when a payment fails.
    function payees() external view returns (address[] memory all) {
        all = new address[](8);
        for (uint256 i; i < 2; ++i) (all[i], all[2 + i]) = (providers[i], arbitrators[i]);
        // Holders get a part of their premium back.
        for (uint256 i; i < 3; ++i) all[4 + i] = patients[i];
        all[7] = EMPLOYER;
    }

    function _terms(uint256 plan) internal view returns (PlanTerms memory terms) {
        bool tight = plan == 1;
        uint96 scale = scaleOf(plan);
        terms = PlanTerms({
            deductible: (tight ? 50 : 100) * scale,
            outOfPocketMax: (tight ? 90 : 250) * scale,
            responseWindow: 2 days,
            appealWindow: 30 days,
            annualLimit: plan == 0 ? 0 : (tight ? 350 : 2_000) * scale,
            autoApproveClaim: (tight ? 40 : 120) * scale,
            rulingWindow: 3 days,
            token: address(tokenOf(plan)),
            autoApproveYear: (tight ? 50 : 150) * scale,
            arbitrator: arbitrators[plan % 2],
            rulingFee: (tight ? 10 : 30) * scale,
            fallbackArbitrator: arbitrators[(plan + 1) % 2],
            collateral: (tight ? 25 : 40) * scale
        });
    }

    function _benefits(uint256 plan) internal pure returns (Benefit[] memory benefits) {
        uint96 scale = scaleOf(plan);
        benefits = new Benefit[](4);
        benefits[0] = Benefit(120 * scale, 15 * scale, 0, Cover.Covered, false, false);
        benefits[1] = Benefit(90 * scale, 0, 2_000, Cover.Covered, true, false);
        benefits[2] = Benefit(400 * scale, 0, 1_000, Cover.Covered, plan != 0, true);
        benefits[3] = Benefit(0, 0, 0, Cover.Excluded, false, false);
    }

    function _publish(uint256 plan) internal {
        PlanKey memory key = PlanKey(insurerOf(plan), bytes32(plan));
        plans.push(PlanId.wrap(keccak256(abi.encode(key))));
        ServiceKey[] memory known = new ServiceKey[](4);
        for (uint256 i; i < 4; ++i) known[i] = services[i];
        address[] memory network = new address[](1);
        network[0] = providers[0];
        PlanTerms memory terms = _terms(plan);
        Benefit[] memory benefits = _benefits(plan);
        vm.prank(key.insurer);
        PLANS.draft(key, terms);
        vm.prank(key.insurer);
        PLANS.setBenefits(key, known, benefits);
        vm.prank(key.insurer);
        PLANS.setNetwork(key, network, true);
        vm.prank(key.insurer);
        PLANS.publish(key);
    }

    /// @dev Money of both kinds, and the escrow's leave to take it.
    function _furnish(address holder) internal {
        for (uint256 i; i < tokens.length; ++i) {
            tokens[i].mint(holder, type(uint96).max);
            vm.prank(holder);
            tokens[i].approve(address(ESCROW), type(uint256).max);
        }
    }

    function _hire(address organisation, address member) internal {
        vm.prank(organisation);
        ACCREDITATION.setMember(member, type(uint40).max);
        _furnish(member);
    }

    /// @dev To be billed for by the clinic.
    function _consent(address ofPatient) internal {
        Terms memory terms = Terms(Purposes.wrap(uint80(1 << PAYMENT_BIT)), CLAIMS_CATEGORY, 0, type(uint40).max);
        vm.prank(ofPatient);
        CONSENTS.grant(ofPatient, providers[0], 0, terms);
    }
}
